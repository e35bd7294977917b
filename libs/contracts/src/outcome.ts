import { z } from 'zod';

/** What kind of failure it was; `lifecycle` says which of them are retried. */
export const failureKinds = ['clerk', 'network', 'database', 'validation', 'conflict', 'unknown'] as const;

/** What kind of failure it was. */
export type FailureKind = (typeof failureKinds)[number];

const common = {
  webhookId: z.string().min(1).max(256),
  attempt: z.number().int().nonnegative(),
  correlationId: z.string().min(1).max(128),
  clerkUserId: z.string().nullable(),
  userId: z.uuid().nullable(),
  at: z.number().int().nonnegative(),
};

/**
 * What became of one event, told by user-sync to the ledger on `CLERK_OUTCOMES`. `at` in milliseconds; `decision` and
 * `reason` are those of `lifecycle.decide`. The ledger alone computes `next_retry_at`; `retryAfterMs` is Clerk's wish.
 */
export const outcomeSchema = z.discriminatedUnion('status', [
  z.object({ ...common, status: z.literal('success'), decision: z.string(), reason: z.string() }),
  z.object({ ...common, status: z.literal('ignored'), decision: z.string(), reason: z.string() }),
  z.object({
    ...common,
    status: z.literal('failed'),
    error: z.object({
      kind: z.enum(failureKinds),
      code: z.string(),
      message: z.string(),
      retryable: z.boolean(),
      retryAfterMs: z.number().int().nonnegative().nullable(),
    }),
  }),
]);

/** What became of one event. */
export type Outcome = z.output<typeof outcomeSchema>;

/** The subject on which an outcome is published. */
export function outcomeSubject(status: Outcome['status']): string {
  return `clerk.outcomes.${status}`;
}
