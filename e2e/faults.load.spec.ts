import { writeFileSync } from 'node:fs';
import { clerkPayload } from '@gatehouse/testing';
import { cells } from './faults/cells';
import { FaultWorld } from './faults/fault-world';
import { type Figures, Load } from './faults/load';

const { GATEHOUSE_FAULTS: which = 'short', GATEHOUSE_FAULTS_REPORT: report } = process.env;
const chosen = cells.filter(
  ({ key, short }) => which === 'all' || (which === 'short' ? short : which.split(',').includes(key)),
);
const DELIVERIES = which === 'short' ? 60 : 300;
const SETTLE_MS = which === 'short' ? 60_000 : 120_000;

const results: { name: string; figures?: Figures; status: string }[] = [];
let versions: { nats: string; postgres: string } | undefined;
let world: FaultWorld | undefined;
let onSmallDisks: boolean | undefined;

/** A kind of world starts with its first cell. */
async function worldFor(smallDisks: boolean): Promise<FaultWorld> {
  if (world === undefined || onSmallDisks !== smallDisks) {
    await world?.stop();
    world = undefined;
    onSmallDisks = smallDisks;
    const { instance_id: instanceId } = clerkPayload<{ instance_id: string }>('user.created');
    world = await FaultWorld.start(instanceId, { smallDisks });
    versions = await world.versions();
  }
  return world;
}

// After each test, so that an aborted run has reported its results.
afterEach(() => {
  if (report !== undefined) writeFileSync(report, JSON.stringify({ ...versions, results }, null, 2));
});

afterAll(() => world?.stop(), 60_000);

it.each(chosen)(
  'every accepted delivery is applied once with the fault: $name',
  async ({ name, key, dead = 0, deliveries = DELIVERIES, unnoticed, smallDisks = false, run }) => {
    const result: (typeof results)[number] = { name, status: 'not run' };
    results.push(result);
    try {
      const here = await worldFor(smallDisks);
      const load = new Load(here, key, deliveries);
      await run(here, load);
      result.figures = await load.settle(SETTLE_MS);
      expect(result.figures).toMatchObject({
        sent: deliveries,
        accepted: deliveries,
        applied: deliveries - dead,
        lost: 0,
        appliedTwice: 0,
        dead,
        ...(unnoticed === undefined ? {} : { failed: 0 }),
      });
      result.status = 'passed';
    } catch (error) {
      const { message } = error as Error;
      result.status = message.startsWith('not run') ? message : '**failed**';
      throw error;
    }
  },
  240_000,
);
