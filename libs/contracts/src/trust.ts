import { z } from 'zod';
import { trustChangeNumberSchema } from './trust-change';
import { roles, tiers } from './principal';
import { uuidSchema } from './uuid';

/** Whom a credential belongs to, and whether that user may act now. */
export const holderSchema = z.object({
  userId: uuidSchema,
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
export const asOfTrustChange = { change: trustChangeNumberSchema };
