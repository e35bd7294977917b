import { setTimeout as sleep } from 'node:timers/promises';
import { FollowerDrill } from './drills/follower-drill';
import { type PlannedChange, type PlannedRound, planRounds } from './drills/follower-plan';

const USERS = 60;
const ROUNDS = 12;
/** Fixed, so that a failure can be reproduced. `FOLLOWER_SEED=N` chooses other faults and changes. */
const SEED = Number(process.env.FOLLOWER_SEED ?? 20_261_129);

let drill: FollowerDrill;

beforeAll(async () => {
  drill = await FollowerDrill.start();
  await drill.create(USERS);
  drill.follower.start();
}, 600_000);

afterAll(() => drill?.stop());

let lastChange: Promise<void> = Promise.resolve();

/** Makes one change at Clerk, as a webhook brings it. Changes follow each other: none is about a user just removed. */
function change({ kind, place }: PlannedChange): Promise<void> {
  const made = lastChange.then(() => {
    if (kind === 'create') return drill.create();
    return drill[kind](place);
  });
  lastChange = made.catch(() => undefined);
  return made;
}

const changeAll = (changes: readonly PlannedChange[]) => Promise.all(changes.map(change));

/** What goes wrong while changes go on. */
const faults = {
  'follower killed': async ({ lasts }) => {
    await drill.follower.kill();
    await sleep(lasts * 1_000);
    drill.follower.start();
  },
  'feed dropped': async () => drill.proxy.break(),
  'connection cut': async ({ lasts }) => {
    await drill.proxy.cut();
    await sleep(lasts * 3_000);
    await drill.proxy.reopen();
  },
  'stream lost': () => drill.loseStream(),
  'stream restored': async ({ lasts, unsaved }) => {
    const backup = await drill.backUpStream();
    await changeAll(unsaved);
    await sleep(lasts * 1_000);
    await drill.restoreStream(backup);
  },
} satisfies Record<string, (round: Pick<PlannedRound<string>, 'lasts' | 'unsaved'>) => Promise<void>>;

it(`a service that follows users ends equal to the users table, whatever happened, and no version went back (seed ${SEED})`, async () => {
  const played: string[] = [];
  const plan = planRounds(SEED, ROUNDS, Object.keys(faults) as (keyof typeof faults)[]);
  for (const [index, round] of plan.entries()) {
    played.push(round.fault);
    try {
      const broken = sleep(round.beginsAfter).then(() => faults[round.fault](round));
      await Promise.all([broken, changeAll(round.changes)]);
      if (index % 3 === 2) await drill.converged();
    } catch (error) {
      throw new Error(`seed ${SEED}, after ${played.join(', ')}`, { cause: error });
    }
  }
}, 600_000);
