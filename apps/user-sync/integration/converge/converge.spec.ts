import fc from 'fast-check';
import { ClerkModel } from './clerk-model';
import { answerLost, givenUp, heldFromTheFuture } from './examples';
import { anyHistory, completeHistory, locals, verified } from './history';
import { playHistory, read, writeAll } from './play-history';
import { SyncCore } from './sync-core';

const RUNS = Number(process.env.CONVERGE_RUNS ?? 60);
/** Fixed, so that a failure can be reproduced. `npm run test:converge` takes other seeds. */
const SEED = Number(process.env.CONVERGE_SEED ?? 20_261_121);
/** Generous, for slow machines. No history depends on time. */
const TIMEOUT_MS = 120_000 + RUNS * 5_000;
/** Ends before Jest's timeout. A history that continued would disturb the next property and look like its failure. */
const inTime = { interruptAfterTimeLimit: TIMEOUT_MS - 60_000, markInterruptAsFailure: true };

let core: SyncCore;

beforeAll(async () => {
  core = await SyncCore.open();
});

afterAll(() => core.close());

describe('the users database', () => {
  it(
    'equals Clerk after a reconcile run following any history, and applying all events again changes nothing',
    async () => {
      await fc.assert(
        fc.asyncProperty(anyHistory, locals, async (steps, before) => {
          await core.probe.deleteAll();
          await core.probe.addLocals(before);
          const clerk = new ClerkModel();
          const parts = core.with(clerk);
          const sentByClerk = await playHistory(core, steps, clerk, parts);
          core.crashNext(steps[0]?.crash);
          await parts.reconcile();
          core.crashNext(undefined);
          expect(await core.probe.liveUsers(clerk.now)).toEqual(clerk.expected(await core.probe.localAddresses()));
          sentByClerk.push(...(await writeAll(core, clerk, parts)));
          expect(await core.metadataFaults(clerk)).toEqual([]);
          expect(await core.probe.liveUsers(clerk.now)).toEqual(clerk.expected(await core.probe.localAddresses()));

          // A user whose events were all lost becomes known by these events, and gets a tombstone.
          const deliverAll = () =>
            core.deliver(
              parts.events,
              sentByClerk.map((event) => read(event)),
            );
          await deliverAll();
          expect(await core.probe.liveUsers(clerk.now)).toEqual(clerk.expected(await core.probe.localAddresses()));
          const settled = await core.probe.snapshot();
          await deliverAll();
          await parts.reconcile();
          expect(await core.probe.snapshot()).toEqual(settled);
          // Repeated events write no value that Clerk already holds, and overwrite no value of the company.
          const versions = await core.probe.liveUsers(clerk.now);
          await writeAll(core, clerk, parts);
          expect(await core.probe.liveUsers(clerk.now)).toEqual(versions);
          expect(await core.metadataFaults(clerk)).toEqual([]);
          expect(await core.probe.wrongWriteBacks()).toEqual([]);
        }),
        {
          ...inTime,
          numRuns: RUNS,
          seed: SEED,
          examples: [
            [heldFromTheFuture, []],
            [answerLost, []],
          ],
        },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'equals Clerk without a reconcile run when every event arrives, in any order and number',
    async () => {
      await fc.assert(
        fc.asyncProperty(completeHistory(fc.constant(true)), async (steps) => {
          await core.probe.deleteAll();
          const clerk = new ClerkModel();
          const parts = core.with(clerk);
          await playHistory(core, steps, clerk, parts);
          await writeAll(core, clerk, parts);
          expect(await core.probe.liveUsers(clerk.now)).toEqual(clerk.expected());
          expect(await core.metadataFaults(clerk)).toEqual([]);
        }),
        { ...inTime, numRuns: Math.ceil(RUNS / 3), seed: SEED },
      );
    },
    TIMEOUT_MS,
  );

  it(
    'equals Clerk without a reconcile run when users share unverified addresses or those of local users, which reach waiting users once released',
    async () => {
      await fc.assert(
        fc.asyncProperty(completeHistory(verified), locals, async (steps, before) => {
          await core.probe.deleteAll();
          await core.probe.addLocals(before);
          const clerk = new ClerkModel();
          const parts = core.with(clerk);
          await playHistory(core, steps, clerk, parts);
          // A user that gets an address may release another one.
          for (let round = 0; round < 3; round += 1) await parts.review();
          expect(await core.probe.liveUsers(clerk.now)).toEqual(clerk.expected(await core.probe.localAddresses()));
        }),
        { ...inTime, numRuns: Math.ceil(RUNS / 3), seed: SEED, examples: [[givenUp, []]] },
      );
    },
    TIMEOUT_MS,
  );
});
