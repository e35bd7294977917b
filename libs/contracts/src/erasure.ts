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
  /** Ledger rows about the user; they stay, without payload. */
  events: z.number().int(),
  bodies: z.number().int(),
  bytes: z.number().int(),
  /** Of `bodies`: those of events about nobody in particular whose bytes name the user. */
  mentions: z.number().int(),
  /** Events that could not be applied any more without their payload: these end dead. */
  unresolved: z.number().int(),
  /** Messages deleted from the stream. */
  streamMessages: z.number().int(),
  /** Copies on the stream that are not known by number (of earlier publishes) are gone by then; null if there is none. */
  streamClearBy: timeSchema.nullable(),
});

/** What an erasure removed. */
export type Erasure = z.output<typeof erasureSchema>;

/**
 * Removes every stored payload of a user whom Clerk has deleted (`force`: of any). Asked again it removes what has come
 * since.
 */
export const eraseUserPayloads = defineRequest({
  subject: 'webhook-ingest.payloads.erase',
  request: z.object({ clerkUserId: clerkUserIdSchema, force: z.boolean().default(false) }),
  reply: erasureSchema,
});
