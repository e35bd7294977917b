import { z } from 'zod';
import { clerkOutcomesStream } from './streams';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';

/** Kinds of failure; `lifecycle` decides which of them are retried. */
export const failureKinds = ['clerk', 'network', 'database', 'validation', 'conflict', 'unknown'] as const;

/** Kind of a failure. */
export type FailureKind = (typeof failureKinds)[number];

const common = {
  webhookId: z.string().min(1).max(256),
  attempt: z.number().int().nonnegative(),
  publishNumber: z.number().int().positive(),
  correlationId: z.string().min(1).max(128),
  clerkUserId: z.string().nullable(),
  userId: uuidSchema.nullable(),
  at: z.number().int().nonnegative(),
};

/**
 * Outcome of one publish of an event. user-sync reports outcomes to the ledger on `CLERK_OUTCOMES`. `at` is in
 * milliseconds since the epoch; `decision` and `reason` come from `lifecycle.decide`. `retryAfterMs` is the delay that
 * Clerk asked for. Only the ledger computes `next_retry_at`.
 */
export const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('success'), decision: z.string(), reason: z.string() }),
  z.object({ ...common, status: z.literal('ignored'), decision: z.string(), reason: z.string() }),
  z.object({
    ...common,
    status: z.literal('failed'),
    error: z.object({
      kind: shownValue(failureKinds),
      code: z.string(),
      message: z.string(),
      retryable: z.boolean(),
      retryAfterMs: z.number().int().nonnegative().nullable(),
      /**
       * Whether the failure affects all our requests to Clerk, and not only this event: Clerk is unavailable or limits
       * our rate. The retry after such a failure does not count against the maximum retries of the event.
       */
      sharedOutage: z.boolean().optional(),
    }),
  }),
]);

/** Outcome of one publish of an event. */
export type Outcome = z.output<typeof outcomeSchema>;

/** Subject on which outcomes of this status are published. */
export function outcomeSubject(status: Outcome['status']): string {
  return `clerk.outcomes.${status}`;
}

/** Maximum size of a message body in bytes: the limit of {@link clerkOutcomesStream} less 4 KiB for headers. */
const MAX_MESSAGE_BYTES = clerkOutcomesStream.maxMessageBytes - 4_096;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Encodes outcomes as JSON arrays, in order, in as few messages as the limit of the stream allows. */
export function encodeOutcomes(outcomes: readonly Outcome[]): Uint8Array[] {
  const messages: string[][] = [];
  let room = 0;
  for (const outcome of outcomes) {
    const json = JSON.stringify(outcome);
    const bytes = encoder.encode(json).length + 1;
    if (bytes > room) {
      messages.push([]);
      room = MAX_MESSAGE_BYTES;
    }
    room -= bytes;
    messages.at(-1)?.push(json);
  }
  return messages.map((some) => encoder.encode(`[${some.join(',')}]`));
}

/**
 * Decodes a message into its outcomes, with undefined in place of each invalid one. Returns a single undefined for an
 * unreadable message.
 */
export function decodeOutcomes(message: Uint8Array): (Outcome | undefined)[] {
  try {
    return z
      .array(z.unknown())
      .parse(JSON.parse(decoder.decode(message)))
      .map((one) => outcomeSchema.safeParse(one).data);
  } catch {
    return [undefined];
  }
}
