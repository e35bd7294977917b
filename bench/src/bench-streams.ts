import { setTimeout as sleep } from 'node:timers/promises';
import { usersReaderIdentity, usersStream } from '@gatehouse/contracts';
import { type Following, followUsers } from '@gatehouse/follow';
import { withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { BenchStack } from './bench-stack';
import { type Report, atMost, machine, round } from './report';
import { untilRelayed } from './until-relayed';
import { type BenchUser, insertUsers } from './bench-users';

/** What the benchmark of streams measures. */
export interface StreamsOptions {
  /** Rows of the users table. */
  readonly users: number;
  /** Seconds of changes, after one of each user as warm-up. */
  readonly seconds: number;
  /** Snapshots, each by a new follower. */
  readonly snapshots: number;
}

const CHANGES_PER_SECOND = 200;
/** Each request changes another one of these users, so that no rate limit is reached. */
const CHANGED_USERS = 2_000;
/** Changes at the same time during the warm-up, in which the gateway sees each API key for the first time. */
const WARM_UP_CONCURRENCY = 10;

/**
 * How long user-sync takes to write the stream of users anew, how long a follower takes to read it, and how long a change
 * takes from its transaction to the callback of a follower.
 */
export async function benchStreams({ users, seconds, snapshots }: StreamsOptions): Promise<Report> {
  const stack = await BenchStack.start({ LOG_LEVEL: 'info' });
  const { ownerUrl } = stack.gatehouse.databases.users;
  const nats = await connect({
    servers: stack.gatehouse.natsUrl,
    ...{ user: usersReaderIdentity, pass: usersReaderIdentity, inboxPrefix: `_INBOX.${usersReaderIdentity}` },
    noAsyncTraces: true,
  });
  try {
    const inserted = await insertUsers(ownerUrl, users);
    await untilRelayed(ownerUrl, usersStream.name);
    const rebuild = await measureRebuild(ownerUrl);
    const times: number[] = [];
    for (let number = 0; number < snapshots; number += 1) times.push(await measureSnapshot(nats, users));
    const { latencies, failed } = await measureChanges(stack, nats, inserted.slice(0, CHANGED_USERS), seconds);
    const at = (share: number) => latencies[Math.ceil(latencies.length * share) - 1] ?? NaN;
    const slowest = Math.max(...times);
    return {
      name: 'streams',
      machine: machine(),
      rows: [
        { what: 'rebuild', users, seconds: round(rebuild), usersPerSecond: Math.round(users / rebuild) },
        ...times.map((time) => ({
          what: 'snapshot',
          users,
          seconds: round(time),
          usersPerSecond: Math.round(users / time),
        })),
        {
          ...{ what: `from commit to follower, ms, at ${CHANGES_PER_SECOND}/s`, changes: latencies.length, failed },
          ...{ p50: round(at(0.5)), p90: round(at(0.9)), p99: round(at(0.99)), most: round(at(1)) },
        },
      ],
      goals: [
        atMost(`rebuild of ${users} users, seconds`, rebuild, 60),
        atMost(`snapshot of ${users} users, seconds, slowest of ${snapshots}`, slowest, 10),
        atMost(`commit to follower, p99, ms`, at(0.99), 100),
      ],
    };
  } finally {
    await nats.close();
    await stack.stop();
  }
}

/** Seconds until a new epoch is complete, from its request, with the stream purged first. */
async function measureRebuild(ownerUrl: string): Promise<number> {
  const startedAt = performance.now();
  await withClient(ownerUrl, (client) =>
    client.query(`UPDATE stream_epochs SET state = 'due', reason = 'lost' WHERE stream = $1`, [usersStream.name]),
  );
  await untilRelayed(ownerUrl, usersStream.name);
  return (performance.now() - startedAt) / 1_000;
}

/** Seconds until a new follower has all users. */
async function measureSnapshot(nats: NatsConnection, users: number): Promise<number> {
  const table = new Map<string, unknown>();
  const startedAt = performance.now();
  const following = followUsers({
    nats,
    onUser: (user) => table.set(user.id, user),
    onRemoved: (id) => table.delete(id),
  });
  await following.ready;
  const seconds = (performance.now() - startedAt) / 1_000;
  await following.stop();
  if (table.size !== users) throw new RangeError(`the follower has ${table.size} of ${users} users`);
  return seconds;
}

/** Sorted times from the trigger in the transaction of a change to the callback, in milliseconds. */
async function measureChanges(stack: BenchStack, nats: NatsConnection, users: readonly BenchUser[], seconds: number) {
  const latencies: number[] = [];
  let counts = false;
  const following: Following = followUsers({
    nats,
    onUser: (_user, { at }) => {
      if (counts) latencies.push(Date.now() - Date.parse(at));
    },
    onRemoved: () => undefined,
  });
  await following.ready;
  let failed = 0;
  const change = async (number: number) => {
    const user = users[number % users.length];
    const response = await fetch(`${stack.gatehouse.urls.gateway}/api/me`, {
      method: 'PATCH',
      headers: { 'x-api-key': user?.key ?? '', 'content-type': 'application/json' },
      body: JSON.stringify({ bio: `change ${number}` }),
    });
    const body = await response.text();
    if (response.ok) return;
    failed += 1;
    process.stderr.write(failed === 1 ? `a change was rejected: ${response.status} ${body}\n` : '');
  };
  const numbers = users.keys();
  await Promise.all(
    Array.from({ length: WARM_UP_CONCURRENCY }, async () => {
      for (const number of numbers) await change(number);
    }),
  );
  await eventually(() => following.lag().changes === 0);
  counts = true;
  const running = new Set<Promise<void>>();
  const total = CHANGES_PER_SECOND * seconds;
  const startedAt = performance.now();
  for (let number = 0; number < total; number += 1) {
    const waitMs = startedAt + (number * 1_000) / CHANGES_PER_SECOND - performance.now();
    if (waitMs > 0) await sleep(waitMs);
    const request: Promise<void> = change(number)
      .catch(() => void (failed += 1))
      .finally(() => running.delete(request));
    running.add(request);
  }
  await Promise.all(running);
  await eventually(() => following.lag().changes === 0);
  await following.stop();
  return { latencies: latencies.sort((a, b) => a - b), failed };
}
