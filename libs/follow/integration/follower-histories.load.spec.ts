import { isDeepStrictEqual } from 'node:util';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  OPERATOR,
  type OwnNats,
  PATIENCE_MS,
  TcpProxy,
  eventually,
  natsServers,
  startOwnNats,
} from '@gatehouse/testing';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import fc from 'fast-check';
import { type Following } from '../src/index';
import { FollowedTable } from './followed-table';
import { type TableRow, TestPublisher } from './test-publisher';
import { dataTestStream, usersTestStream } from './test-streams';

const IDS = Array.from({ length: 12 }, (_, index) => `u${index}`);
const RUNS = 6;

/** One thing that happens. */
const step = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ kind: fc.constant('change' as const), ids: fc.subarray(IDS, { minLength: 1 }) }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom(...IDS) }) },
  // A relay that was slow publishes a version that is replaced already.
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('late' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cut' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('lose-stream' as const), pauses: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('rebuild' as const), purge: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restore' as const), forgets: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), resumes: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fail' as const), id: fc.constantFrom(...IDS) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40 }) }) },
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

const cases = natsServers().flatMap((one) =>
  [usersTestStream, dataTestStream].map((stream) => ({ ...one, stream, name: stream.name })),
);

describe.each(cases)('a follower of $name in random histories, on $server', ({ program, stream }) => {
  let nats: OwnNats;
  let operator: NatsConnection;
  let proxy: TcpProxy;
  let reader: NatsConnection;

  beforeAll(async () => {
    nats = await startOwnNats({ program });
    operator = await connect(nats.as(OPERATOR));
    proxy = await TcpProxy.start(nats.url);
    const login = { ...nats.as('api-gateway'), servers: proxy.url };
    const patient = { maxReconnectAttempts: -1, reconnectTimeWait: 20, waitOnFirstConnect: true };
    // A cut during the handshake must not cost the client's default of 20 s.
    reader = await connect({ ...login, ...patient, timeout: 2_000 });
  });
  afterAll(async () => {
    await reader.close();
    await operator.close();
    await proxy.cut();
    await nats.dispose();
  });

  const play = async (history: readonly Step[]): Promise<void> => {
    const publisher = await TestPublisher.start(operator, stream);
    await publisher.createStream();
    await publisher.rebuild({ purge: false });
    const table = new FollowedTable(stream);
    const failing = new Set<string>();
    table.onCall = async (id) => {
      await sleep(0);
      if (failing.delete(id)) throw new Error('no');
    };
    const options = { buffer: 4, concurrency: 2 };
    let following: Following = table.follow(reader, options);
    let backup: ReadonlyMap<string, TableRow> = publisher.backUp();
    try {
      for (const one of history) {
        if (one.kind === 'change') await publisher.change(...one.ids.filter((id) => !isRemoved(publisher, id)));
        if (one.kind === 'remove') await publisher.remove(one.id);
        if (one.kind === 'late') {
          const row = publisher.rowOf(one.id);
          if (row && row.version > 1) await publisher.publishRow(one.id, { ...row, version: row.version - 1 });
        }
        if (one.kind === 'cut') proxy.break();
        if (one.kind === 'lose-stream') {
          await publisher.deleteStream();
          await publisher.createStream();
          if (one.pauses) await sleep(30);
          await publisher.rebuild({ purge: false });
        }
        if (one.kind === 'rebuild') await publisher.rebuild({ purge: one.purge });
        if (one.kind === 'restore') {
          const restored = new Map(backup);
          if (one.forgets) restored.delete(IDS[0] ?? '');
          await publisher.restore(restored);
          backup = publisher.backUp();
        }
        if (one.kind === 'restart') {
          await following.stop();
          if (!one.resumes) table.rows.clear();
          following = table.follow(reader, { ...options, resumes: one.resumes });
        }
        if (one.kind === 'fail') failing.add(one.id);
        if (one.kind === 'wait') await sleep(one.ms);
      }
      const isEqual = () => isDeepStrictEqual(table.users, publisher.users);
      await eventually(isEqual, { timeoutMs: PATIENCE_MS }).catch(() => undefined);
      expect(table.users).toEqual(publisher.users);
      expect(table.violations).toEqual([]);
      await following.ready;
      await eventually(() => following.lag().ms === 0);
    } finally {
      await following.stop();
      await publisher.deleteStream();
    }
  };

  it('ends equal to the table, and no version goes back', async () => {
    const histories = fc.array(step, { minLength: 15, maxLength: 40 });
    await fc.assert(fc.asyncProperty(histories, play), { numRuns: RUNS, endOnFailure: true });
  });
});

/** Ids of deleted users never come back, except in a restored backup. */
function isRemoved(publisher: TestPublisher, id: string): boolean {
  const row = publisher.rowOf(id);
  return row !== undefined && row.user === undefined;
}
