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
  /** Number of ledger rows about the user. The rows are kept, without payload. */
  events: z.number().int(),
  bodies: z.number().int(),
  bytes: z.number().int(),
  /** How many of `bodies` belong to events that are about no single user, but contain this user's id. */
  mentions: z.number().int(),
  /** Number of events that were not applied yet; without their payload these events become dead. */
  unresolved: z.number().int(),
  /** Number of messages deleted from the stream. */
  streamMessages: z.number().int(),
  /**
   * Time by which the stream has expired every copy that this erasure could not delete; null if there is none. The
   * ledger knows only the sequence of an event's last publish, so copies of earlier publishes stay until they expire.
   */
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
