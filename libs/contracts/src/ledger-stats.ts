import { z } from 'zod';
import { defineRequest } from './request';
import { eventStatuses } from './webhook-event';
import { shownValue } from './shown-value';
import { timeSchema } from './time';

const count = z.number().int().nonnegative();
const oldest = z.object({ id: z.string(), webhookId: z.string(), at: timeSchema }).nullable();

/**
 * Statistics of the event ledger. Counts cover events recorded since `since`. The fields `open`, `oldestUnpublished`,
 * `oldestUnapplied`, `lastEvent`, `rejected` and `silence` do not depend on `since`.
 *
 * An event is open while it is pending or processing, or has failed and will be retried. `open` counts the open events
 * and, as `dead`, the dead ones. `oldestUnpublished` is the oldest pending or processing event that is not published
 * yet. `oldestUnapplied` is the oldest open event.
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
   * The silence: how long no webhook has arrived, not counting ignored events. The first of these conditions that is
   * true determines `state`:
   * - `alarm`: there is no event, or the last one is at least `thresholdMs` old. Since then a delivery was rejected,
   *   less than an hour ago. For example, the configured signing secret is wrong.
   * - `alarm`: user-sync saw a change at Clerk (`movedAt`) more than `SILENCE_GRACE_MS` ago, and no event about any
   *   user followed. An event up to `SILENCE_GRACE_MS` before the change also counts, because clocks differ.
   * - `unknown`: there are no events.
   * - `heard`: the silence is shorter than `thresholdMs`.
   * - `alarm`: the silence is longer than the longest gap between two of the latest 10 000 events (`longestBeforeMs`).
   * - `quiet`: otherwise.
   *
   * `SILENCE_GRACE_MS` is a variable of webhook-ingest; default: 10 minutes.
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
  repeatable: true,
  request: z.object({ hours: z.coerce.number().int().min(1).max(744).default(24) }),
  reply: ledgerStatsSchema,
});
