import { type LedgerStats } from '@gatehouse/contracts';
import { type EntityManager } from 'typeorm';
import { one } from './one-row';
import { judgeSilence } from './silence';

/** Thresholds of the silence alarm; milliseconds. */
export interface SilenceOptions {
  readonly silenceMs: number;
  readonly silenceGraceMs: number;
}

const REJECTED = 'SELECT count(*)::integer AS kept, max(created_at) AS last_at FROM rejected_deliveries';

/**
 * Time of the last event and the longest gap between two events, in the last 10 000 rows. Skips ignored events: they
 * may come from another Clerk instance, and would hide that the webhooks of our own instance do not arrive.
 */
const GAPS = `
  SELECT max(created_at) AS last_at, max(gap) AS ms FROM (
    SELECT created_at, extract(epoch FROM created_at - lag(created_at) OVER (ORDER BY id)) * 1000 AS gap
      FROM (SELECT id, created_at, status FROM webhook_events ORDER BY id DESC LIMIT 10000) AS last
     WHERE status <> 'ignored'
  ) AS gaps`;

/**
 * Time of the newest user event that was not ignored. Searches only the last 1000 events of each of the three types, so
 * that the query stays fast even if every event is ignored. The index `webhook_events_by_type` finds these events
 * without a scan of the ledger. If all of them are ignored, the time is null, and `readSilence` uses the creation time
 * of the ledger.
 */
const HEARD = `
  SELECT now() AS now,
         (SELECT max(last.created_at)
            FROM unnest(ARRAY['user.created', 'user.updated', 'user.deleted']) AS type
           CROSS JOIN LATERAL (
             SELECT created_at, status FROM webhook_events WHERE event_type = type ORDER BY id DESC LIMIT 1000
           ) AS last
           WHERE last.status <> 'ignored') AS user_event_at,
         moved_at, listening_since
    FROM clerk_movement`;

interface HeardRow {
  readonly now: Date;
  readonly user_event_at: Date | null;
  readonly moved_at: Date | null;
  readonly listening_since: Date;
}

interface GapsRow {
  readonly last_at: Date | null;
  readonly ms: string | null;
}

/** Reads the state of the silence alarm, and the statistics of stored rejected deliveries. */
export async function readSilence(
  manager: EntityManager,
  { silenceMs, silenceGraceMs }: SilenceOptions,
): Promise<Pick<LedgerStats, 'silence' | 'rejected'>> {
  const heard = await one<HeardRow>(manager, HEARD);
  const rejected = await one<{ kept: number; last_at: Date | null }>(manager, REJECTED);
  const { ms: longestGap, last_at: lastAt } = await one<GapsRow>(manager, GAPS);
  const silence = judgeSilence({
    nowMs: heard.now.getTime(),
    thresholdMs: silenceMs,
    lastMs: lastAt?.getTime() ?? null,
    longestGapMs: longestGap === null ? null : Math.round(Number(longestGap)),
    rejectedMs: rejected.last_at?.getTime() ?? null,
    userEventMs: (heard.user_event_at ?? heard.listening_since).getTime(),
    movedMs: heard.moved_at?.getTime() ?? null,
    graceMs: silenceGraceMs,
  });
  return { silence, rejected: { kept: rejected.kept, lastAt: rejected.last_at?.toISOString() ?? null } };
}
