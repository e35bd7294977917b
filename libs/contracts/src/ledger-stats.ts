import { z } from 'zod';
import { defineRequest } from './request';
import { eventStatuses } from './webhook-event';
import { shownValue } from './shown-value';
import { timeSchema } from './time';

const count = z.number().int().nonnegative();
const oldest = z.object({ id: z.string(), webhookId: z.string(), at: timeSchema }).nullable();

/**
 * What the ledger can tell of the events' way. Counts are of events recorded since `since`; what is open now — `pending`,
 * `processing`, `failed`, `dead` in `open` and both `oldest…` — is of all time.
 */
export const ledgerStatsSchema = z.object({
  at: timeSchema,
  since: timeSchema,
  byStatus: z.record(shownValue(eventStatuses), count),
  byType: z.array(z.object({ eventType: z.string(), count })),
  /** Hours in UTC in which something was recorded, oldest first. */
  byHour: z.array(z.object({ hour: timeSchema, count, failed: count })),
  /** Retries that were begun. */
  retries: count,
  open: z.object({ pending: count, processing: count, retrying: count, dead: count }),
  oldestUnpublished: oldest,
  oldestUnapplied: oldest,
  /** Milliseconds from the recording of an event to its success, of events that needed no retry; null without any. */
  receivedToApplied: z.object({ events: count, p50Ms: z.number().nullable(), p99Ms: z.number().nullable() }),
  lastEvent: z.object({ at: timeSchema, eventType: z.string() }).nullable(),
  /**
   * By fingerprint, the first 12 hex digits of the SHA-256 of the secret's text: one that verifies nothing any more can be
   * taken out. Null stands for what was recorded before fingerprints were kept.
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
   * `alarm` when Clerk moved (`movedAt`, as user-sync saw) and no webhook about a user has come since, when no webhook came
   * for `thresholdMs`, and for longer than ever between two of the events in view, or when only deliveries that do not
   * verify have come. `quiet` is silence that has been seen before; `unknown` without events.
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

/** What the ledger can tell of the events' way. */
export type LedgerStats = z.output<typeof ledgerStatsSchema>;

/** The ledger's statistics over the last `hours`. */
export const getLedgerStats = defineRequest({
  subject: 'webhook-ingest.stats.get',
  request: z.object({ hours: z.coerce.number().int().min(1).max(744).default(24) }),
  reply: ledgerStatsSchema,
});
