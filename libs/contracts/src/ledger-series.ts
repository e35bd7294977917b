import { z } from 'zod';
import { defineRequest } from './request';
import { givenTimeSchema, timeSchema } from './time';

const count = z.number().int().nonnegative();

/** Longest span of a series, in hours; as for the statistics. */
export const maxSeriesHours = 744;
/** Most points of a series. */
export const maxSeriesPoints = 1_440;

/**
 * What happened to events in one step, as the ledger knows it now. A later redrive or retry changes earlier points:
 * the outcome of an event is its last one.
 */
const ledgerSeriesPointSchema = z.object({
  /** Start of the step. */
  at: timeSchema,
  /** Events recorded in the step. */
  received: count,
  /** Deliveries rejected in the step, of those that are kept. */
  rejected: count,
  /** Events whose outcome came in the step, by that outcome. `failed`: those that are retried or dead. */
  applied: count,
  failed: count,
  ignored: count,
  /** Retries, until now, of the events that were recorded in the step. */
  retries: count,
  /** Milliseconds from recording to success, of events recorded in the step that had neither a retry nor a redrive. */
  p50Ms: z.number().nullable(),
  p99Ms: z.number().nullable(),
  /** Events that were neither applied nor ignored at the end of the step. Dead events are a part of them. */
  backlog: count,
});

/** What happened to events in one step. */
export type LedgerSeriesPoint = z.output<typeof ledgerSeriesPointSchema>;

/** The course of event processing, in equal steps, oldest first. Steps without events are a part of it. */
const ledgerSeriesSchema = z.object({
  /** When it was read, by the database's clock. */
  at: timeSchema,
  /** Start of the first step: a multiple of the step since 1970, at or before the time that was asked for. */
  since: timeSchema,
  /** End. The last step may be shorter than the others. */
  until: timeSchema,
  stepSeconds: z.number().int().positive(),
  points: z.array(ledgerSeriesPointSchema),
});

/** The course of event processing, in equal steps. */
export type LedgerSeries = z.output<typeof ledgerSeriesSchema>;

/** Returns how many events were received, applied and left, step by step. */
export const getLedgerSeries = defineRequest({
  subject: 'webhook-ingest.stats.series',
  repeatable: true,
  request: z.object({
    since: givenTimeSchema
      .optional()
      .describe(`Start. Default: an hour before the end. A series has at most ${maxSeriesHours} hours.`),
    until: givenTimeSchema.optional().describe('End. Default, and at most: now.'),
    step: z.coerce
      .number()
      .int()
      .min(10)
      .max(86_400)
      .default(60)
      .describe(
        `Shortest length of a step in seconds. Steps are longer when there would be more than ${maxSeriesPoints}.`,
      ),
  }),
  reply: ledgerSeriesSchema,
});
