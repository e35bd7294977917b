import { type DatabaseName, type StreamContract, dataStream, usersStream } from '@gatehouse/contracts';
import { OPERATOR, eventually } from '@gatehouse/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type FaultWorld } from './fault-world';

/** A table, and the stream that must be equal to it. */
interface Copy {
  readonly stream: StreamContract;
  readonly marker: string;
  readonly database: DatabaseName;
  /** Tables with rows that wait to be published. */
  readonly outboxes: readonly string[];
  /** SQL for the subject, version, epoch and a text of each row, and whether the row is a deletion. */
  readonly rows: string;
}

/** A row, or what a message says about it. */
interface Shown {
  readonly subject: string;
  readonly version: number;
  readonly epoch: number;
  readonly deleted: boolean;
  readonly text: string | null;
}

interface Message extends Omit<Shown, 'subject'> {
  readonly kind: string;
  readonly user?: { readonly lastName?: string | null };
  readonly data?: {
    readonly title?: string;
    readonly name?: string;
    readonly used?: number;
    readonly reserved?: number;
  };
}

const TIMEOUT_MS = 5_000;

const ownedRows = [
  { table: 'items', kind: 'item', text: 'title' },
  { table: 'templates', kind: 'template', text: 'name' },
  { table: 'assistant_sessions', kind: 'assistant-session', text: 'name' },
].map(
  ({ table, kind, text }) =>
    `SELECT concat_ws('.', 'data.changed', user_id, '${kind}', id) AS subject, version, false AS deleted, ${text} AS text FROM ${table}`,
);

const copies: readonly Copy[] = [
  {
    stream: usersStream,
    marker: 'users.changed.epoch',
    database: 'users',
    outboxes: ['stream_outbox'],
    rows: `SELECT 'users.changed.' || id AS subject, version, deleted_at IS NOT NULL AS deleted,
                  CASE WHEN deleted_at IS NULL THEN last_name END AS text FROM users`,
  },
  {
    stream: dataStream,
    marker: 'data.changed.epoch',
    database: 'data',
    outboxes: ['stream_outbox', 'quota_outbox'],
    rows: [
      ...ownedRows,
      `SELECT concat_ws('.', 'data.changed', user_id, kind, id), version, true, NULL FROM resource_tombstones`,
      // A balance that was not changed since quotas have versions is published with that of its month.
      `SELECT DISTINCT ON (user_id, kind) concat_ws('.', 'data.changed', user_id, kind, user_id),
              greatest(version, quota_period_version(period)), false, concat(used, ' ', reserved) FROM (SELECT * FROM quota_periods ORDER BY user_id, kind, period DESC) AS q`,
      `SELECT concat_ws('.', 'data.changed', user_id, kind, user_id), version, true, NULL FROM quota_tombstones`,
    ].join(' UNION ALL '),
  },
];

/** Waits until both streams hold the newest version of every row, published in the current epoch, and nothing else. */
export async function untilStreamsEqual(world: FaultWorld, timeoutMs: number): Promise<void> {
  const connection = await connect({ ...world.nats.as(OPERATOR), timeout: TIMEOUT_MS });
  try {
    const manager = await jetstreamManager(connection, { timeout: TIMEOUT_MS });
    for (const copy of copies) {
      await eventually(() => requireEqual(world, manager, copy), { timeoutMs, intervalMs: 200 });
    }
  } finally {
    await connection.close();
  }
}

/** @throws when the relay has not finished, or the stream differs from the table */
async function requireEqual(world: FaultWorld, manager: JetStreamManager, copy: Copy): Promise<void> {
  const { stream, database, rows, outboxes } = copy;
  const [relay] = await world.postgres.query<{ state: string; waiting: number }>(
    database,
    `SELECT state, (${outboxes.map((table) => `(SELECT count(*)::int FROM ${table})`).join(' + ')}) AS waiting
       FROM stream_epochs`,
  );
  if (relay?.state !== 'complete' || relay.waiting > 0) {
    throw new Error(`${stream.name}: the epoch is ${relay?.state}, and ${relay?.waiting} rows wait`);
  }
  const wanted = await world.postgres.query<Shown>(
    database,
    `SELECT subject, version::float8 AS version, deleted, text, epoch::float8 AS epoch
       FROM (${rows}) AS shown, stream_epochs`,
  );
  const found = await messagesOf(manager, copy);
  const differing = wanted.filter((row) => {
    const message = found.get(row.subject);
    found.delete(row.subject);
    return JSON.stringify(message) !== JSON.stringify(partsOf(row));
  });
  if (differing.length + found.size === 0) return;
  const [example = found.keys().next().value] = differing.map((row) => JSON.stringify(row));
  throw new Error(
    `${stream.name}: ${differing.length} rows differ, and ${found.size} messages have no row; such as ${example}`,
  );
}

/** By subject, what the messages of a stream say. */
async function messagesOf(manager: JetStreamManager, { stream, marker }: Copy) {
  const found = new Map<string, ReturnType<typeof partsOf>>();
  for (let seq = 1; ;) {
    const query = { seq, next_by_subj: stream.subjects[0] } as { seq: number };
    const message = await manager.streams.getMessage(stream.name, query);
    if (message === null) return found;
    seq = message.seq + 1;
    if (message.subject === marker) continue;
    const { version, epoch, kind, user, data } = message.json<Message>();
    const quota = data?.used === undefined ? null : `${data.used} ${data.reserved}`;
    const text = user?.lastName ?? data?.title ?? data?.name ?? quota;
    found.set(message.subject, partsOf({ version, epoch, deleted: kind === 'deleted', text }));
  }
}

function partsOf({ version, epoch, deleted, text }: Omit<Shown, 'subject'>) {
  return [version, epoch, deleted, text] as const;
}
