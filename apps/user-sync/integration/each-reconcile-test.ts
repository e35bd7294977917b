import { ReconcileWorld, settings } from './reconcile-world';
import { type SyncWorld } from './sync-world';

// A spec that imports this file gets a world of its own. Before each test user-sync starts, and after it all is reset.

/** The world of the tests; assigned before the first of them. */
export let reconciling: ReconcileWorld;

/** user-sync and its servers in that world. */
export let world: SyncWorld;

beforeAll(async () => {
  reconciling = await ReconcileWorld.start();
  world = reconciling.sync;
});

beforeEach(async () => {
  await world.boot(settings);
});

afterEach(() => reconciling.reset());

afterAll(() => world.dispose());
