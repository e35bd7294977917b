import { z } from 'zod';
import { clerkOutcomesStream } from './streams';
import { shownValue } from './shown-value';
import { uuidSchema } from './uuid';

/** What kind of failure it was; `lifecycle` says which of them are retried. */
export const failureKinds = ['clerk', 'network', 'database', 'validation', 'conflict', 'unknown'] as const;

/** What kind of failure it was. */
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
 * What became of one event at one publish, told by user-sync to the ledger on `CLERK_OUTCOMES`. `at` in milliseconds; `decision` and
 * `reason` are those of `lifecycle.decide`. The ledger alone computes `next_retry_at`; `retryAfterMs` is Clerk's wish.
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
      /** Clerk as a whole was away: nobody's failure, so the event has not used up a try. */
      sharedOutage: z.boolean().optional(),
    }),
  }),
]);

/** What became of one event. */
export type Outcome = z.output<typeof outcomeSchema>;

/** The subject on which outcomes of this status are published. */
export function outcomeSubject(status: Outcome['status']): string {
  return `clerk.outcomes.${status}`;
}

/** Room is left for what NATS and the headers add to a message of {@link clerkOutcomesStream}. */
const MAX_MESSAGE_BYTES = clerkOutcomesStream.maxMessageBytes - 4_096;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Packs outcomes into messages, in their order: JSON arrays, each as long as the stream takes. */
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

/** Reads a message; undefined in the place of each outcome that breaks the contract, or of all that cannot be read. */
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
