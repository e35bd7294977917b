import { z } from 'zod';
import { clerkUserIdSchema } from './clerk-user';
import { defineRequest } from './request';
import { uuidSchema } from './uuid';
import { timeSchema } from './time';

/** What an erasure removed. */
export const erasureSchema = z.object({
  id: uuidSchema,
  clerkUserId: z.string(),
  at: timeSchema,
  /** Ledger rows about the user. They are kept without payload. */
  events: z.number().int(),
  bodies: z.number().int(),
  bytes: z.number().int(),
  /** How many of `bodies` belong to events that are not about one user, but mention this one. */
  mentions: z.number().int(),
  /** Events that were not applied yet; without their payload they become dead. */
  unresolved: z.number().int(),
  /** Messages deleted from the stream. */
  streamMessages: z.number().int(),
  /** When the stream expires copies of earlier publishes, whose sequence is not known; null without such copies. */
  streamClearBy: timeSchema.nullable(),
});

/** What an erasure removed. */
export type Erasure = z.output<typeof erasureSchema>;

/**
 * Removes every stored payload of a user whom Clerk has deleted; with `force`, of any user. A repeated request removes what
 * has arrived since.
 */
export const eraseUserPayloads = defineRequest({
  subject: 'webhook-ingest.payloads.erase',
  request: z.object({ clerkUserId: clerkUserIdSchema, force: z.boolean().default(false) }),
  reply: erasureSchema,
});
