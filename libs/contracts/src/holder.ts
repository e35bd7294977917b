import { z } from 'zod';
import { roles, tiers } from './principal';
import { uuidSchema } from './uuid';

/** The user who holds a credential, and whether that user may act now. */
export const holderSchema = z.object({
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  role: z.enum(roles),
  tier: z.enum(tiers),
  isActive: z.boolean(),
});

/** The user who holds a credential, and whether that user may act now. */
export type Holder = z.output<typeof holderSchema>;
