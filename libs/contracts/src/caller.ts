import { z } from 'zod';
import { authMethods, principalSchema } from './principal';
import { timeSchema } from './time';

/**
 * Who the gateway takes the caller for, and by which credential; times are ISO 8601 in UTC. What a kind of credential
 * does not have is null. `actor` is who acts as this user when the session is impersonated.
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

/** Who the gateway takes the caller for. */
export type CallerView = z.output<typeof callerSchema>;
