import { z } from 'zod';
import { changeNumberSchema } from './change';
import { roles, tiers } from './principal';

/** Whom a credential belongs to, and whether that user may act now. */
export const holderSchema = z.object({
  userId: z.uuid(),
  clerkUserId: z.string().nullable(),
  role: z.enum(roles),
  tier: z.enum(tiers),
  isActive: z.boolean(),
});

/** Whom a credential belongs to, and whether that user may act now. */
export type Holder = z.output<typeof holderSchema>;

/**
 * Every answer that a gateway may remember carries the number of the last change that was known when it was read: one
 * older than the last change that the gateway has seen is used once and not remembered.
 */
export const asOfChange = { change: changeNumberSchema };

/** Where a request without a principal came from, for the audit log. */
export const originSchema = z.object({
  sourceIp: z.string().max(64).optional(),
  userAgent: z.string().max(512).optional(),
});

/** Where a request came from. */
export type Origin = z.output<typeof originSchema>;
