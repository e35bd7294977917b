import { z } from 'zod';
import { defineRequest } from './request';
import { eventStatuses } from './webhook-event';
import { shownValue } from './shown-value';
import { timeSchema } from './time';

const count = z.number().int().nonnegative();
const oldest = z.object({ id: z.string(), webhookId: z.string(), at: timeSchema }).nullable();

/**
 * Statistics of the event ledger. Counts cover events recorded since `since`. The fields `open`, `oldestUnpublished` and
 * `oldestUnapplied` cover all events that are open now.
 */
export const ledgerStatsSchema = z.object({
  at: timeSchema,
  since: timeSchema,
  byStatus: z.record(shownValue(eventStatuses), count),
  byType: z.array(z.object({ eventType: z.string(), count })),
  /** Hours in UTC with at least one event, oldest first. */
  byHour: z.array(z.object({ hour: timeSchema, count, failed: count })),
  /** Retries that were started. */
  retries: count,
  open: z.object({ pending: count, processing: count, retrying: count, dead: count }),
  oldestUnpublished: oldest,
  oldestUnapplied: oldest,
  /**
   * Milliseconds from recording an event to its success, over events without a retry. `p50Ms` and `p99Ms` are null when
   * there are no such events.
   */
  receivedToApplied: z.object({ events: count, p50Ms: z.number().nullable(), p99Ms: z.number().nullable() }),
  lastEvent: z.object({ at: timeSchema, eventType: z.string() }).nullable(),
  /**
   * Use of each signing secret, by fingerprint: the first 12 hex digits of the SHA-256 of the secret. A secret that no
   * longer verifies deliveries can be removed. A null fingerprint stands for deliveries from before fingerprints were
   * stored.
   */
  secrets: z.array(
    z.object({
      fingerprint: z.string().nullable(),
      configured: z.boolean(),
      deliveries: count,
      lastAt: timeSchema.nullable(),
    }),
  ),
  rejected: z.object({ kept: count, lastAt: timeSchema.nullable() }),
  /**
   * The silence: how long no webhook has arrived. By priority:
   * - `alarm`: the last delivery was rejected, less than an hour ago, and no event was recorded for `thresholdMs`, or
   *   ever. For example, its signature does not verify.
   * - `alarm`: user-sync saw a change at Clerk (`movedAt`), and no event about any user was recorded within
   *   `SILENCE_GRACE_MS` before or after it.
   * - `unknown`: there are no events.
   * - `heard`: the silence is shorter than `thresholdMs`.
   * - `alarm`: the silence is longer than the longest gap between two recent events (`longestBeforeMs`).
   * - `quiet`: otherwise.
   */
  silence: z.object({
    state: shownValue(['heard', 'quiet', 'alarm', 'unknown']),
    reason: z.string(),
    sinceMs: count.nullable(),
    thresholdMs: count,
    longestBeforeMs: count.nullable(),
    movedAt: timeSchema.nullable(),
  }),
});

/** Statistics of the event ledger. */
export type LedgerStats = z.output<typeof ledgerStatsSchema>;

/** Returns the statistics of the ledger over the last `hours`. */
export const getLedgerStats = defineRequest({
  subject: 'webhook-ingest.stats.get',
  request: z.object({ hours: z.coerce.number().int().min(1).max(744).default(24) }),
  reply: ledgerStatsSchema,
});
