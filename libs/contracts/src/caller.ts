import { z } from 'zod';
import { authMethods, principalSchema } from './principal';
import { timeSchema } from './time';

/**
 * The authenticated caller and its credential. Fields that a kind of credential does not have are null. `actor` is the
 * person who impersonates the user.
 */
export const callerSchema = z.object({
  principal: principalSchema,
  credential: z.object({
    method: z.enum(authMethods),
    sessionId: z.string().nullable(),
    issuedAt: timeSchema.nullable(),
    expiresAt: timeSchema.nullable(),
    authorizedParty: z.string().nullable(),
    actor: z.string().nullable(),
  }),
});

/** The authenticated caller and its credential. */
export type CallerView = z.output<typeof callerSchema>;
