import { type LedgerStats } from '@gatehouse/contracts';
import { type EventState } from '@gatehouse/lifecycle';
import { type DataSource, type EntityManager } from 'typeorm';
import { one } from './one-row';
import { readOpenEvents } from './open-events';
import { type SilenceOptions, readSilence } from './read-silence';

/** Options of the statistics. */
export interface StatsOptions extends SilenceOptions {
  readonly hours: number;
  /** Fingerprints of the configured signing secrets, in the order of the configuration. */
  readonly secrets: readonly string[];
}

interface Group {
  readonly status: EventState;
  readonly event_type: string;
  readonly hour: Date;
  readonly secret: string | null;
  readonly rows: number;
  readonly retries: number;
  readonly last_at: Date;
}

const GROUPS = `
  SELECT status, event_type, date_trunc('hour', created_at, 'UTC') AS hour, signing_secret AS secret,
         count(*)::integer AS rows, sum(retry_count)::integer AS retries, max(created_at) AS last_at
    FROM webhook_events WHERE created_at >= $1 GROUP BY 1, 2, 3, 4`;

/**
 * Time from the receipt to the success of events that needed no retry. Excludes redriven events, because they waited
 * for an operator.
 */
const APPLIED = `
  SELECT count(*)::integer AS events,
         percentile_disc(ARRAY[0.5, 0.99]) WITHIN GROUP (
           ORDER BY greatest(extract(epoch FROM processed_at - created_at) * 1000, 0)::float8
         ) AS ms
    FROM webhook_events
   WHERE created_at >= $1 AND status = 'success' AND retry_count = 0 AND redrive_id IS NULL`;

const LAST = 'SELECT created_at, event_type FROM webhook_events ORDER BY id DESC LIMIT 1';

/** Reads the statistics of the ledger in one transaction, so that all of them describe the same moment. */
export function readStats(dataSource: DataSource, options: StatsOptions): Promise<LedgerStats> {
  return dataSource.transaction('REPEATABLE READ', async (manager) => {
    await manager.query('SET TRANSACTION READ ONLY');
    return read(manager, options);
  });
}

async function read(manager: EntityManager, options: StatsOptions): Promise<LedgerStats> {
  const { hours, secrets } = options;
  const { now } = await one<{ now: Date }>(manager, 'SELECT now() AS now');
  const since = new Date(now.getTime() - hours * 3_600_000);
  const groups = await manager.query<Group[]>(GROUPS, [since]);
  const applied = await one<{ events: number; ms: (number | null)[] | null }>(manager, APPLIED, [since]);
  const open = await readOpenEvents(manager);
  const [last] = await manager.query<{ created_at: Date; event_type: string }[]>(LAST);
  const { silence, rejected } = await readSilence(manager, options);
  return {
    at: now.toISOString(),
    since: since.toISOString(),
    byStatus: byStatus(groups),
    byType: byType(groups),
    byHour: byHour(groups),
    retries: groups.reduce((sum, { retries }) => sum + retries, 0),
    ...open,
    receivedToApplied: { events: applied.events, p50Ms: applied.ms?.[0] ?? null, p99Ms: applied.ms?.[1] ?? null },
    lastEvent: last === undefined ? null : { at: last.created_at.toISOString(), eventType: last.event_type },
    secrets: bySecret(groups, secrets),
    rejected,
    silence,
  };
}

function byStatus(groups: readonly Group[]): LedgerStats['byStatus'] {
  const counts = { pending: 0, processing: 0, success: 0, failed: 0, invalid: 0, ignored: 0 };
  for (const { status, rows } of groups) counts[status] += rows;
  return counts;
}

function byType(groups: readonly Group[]): LedgerStats['byType'] {
  const counts = sum(groups, ({ event_type: type }) => type);
  return [...counts]
    .map(([eventType, count]) => ({ eventType, count }))
    .sort((a, b) => b.count - a.count || (a.eventType < b.eventType ? -1 : 1));
}

function byHour(groups: readonly Group[]): LedgerStats['byHour'] {
  const all = sum(groups, ({ hour }) => hour.toISOString());
  const failed = sum(
    groups.filter(({ status }) => status === 'failed'),
    ({ hour }) => hour.toISOString(),
  );
  return [...all]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([hour, count]) => ({ hour, count, failed: failed.get(hour) ?? 0 }));
}

/**
 * Counts deliveries by signing secret: first the configured secrets, in the order of the configuration; then secrets
 * that were used and are no longer configured.
 */
function bySecret(groups: readonly Group[], configured: readonly string[]): LedgerStats['secrets'] {
  const counts = sum(groups, ({ secret }) => secret);
  return [...new Set([...configured, ...counts.keys()])].map((fingerprint) => {
    const times = groups.filter(({ secret }) => secret === fingerprint).map(({ last_at: at }) => at.getTime());
    return {
      fingerprint,
      configured: fingerprint !== null && configured.includes(fingerprint),
      deliveries: counts.get(fingerprint) ?? 0,
      lastAt: times.length === 0 ? null : new Date(Math.max(...times)).toISOString(),
    };
  });
}

function sum<Key>(groups: readonly Group[], key: (group: Group) => Key): Map<Key, number> {
  const counts = new Map<Key, number>();
  for (const group of groups) counts.set(key(group), (counts.get(key(group)) ?? 0) + group.rows);
  return counts;
}
