import { z } from 'zod';
import { tiers } from './principal';
import { uuidSchema } from './uuid';

/** The user whose data a request is about, and the tier that limits it. */
export const ownerSchema = z.strictObject({ userId: uuidSchema, tier: z.enum(tiers) });

/** The user whose data a request is about. */
export type Owner = z.output<typeof ownerSchema>;

/**
 * Field of a request about a user's data. Absent: the caller's own data. Present: an admin acts as the owner. The
 * service then requires the role admin, and audits the request.
 */
export const ownedBy = { owner: ownerSchema.optional() };
