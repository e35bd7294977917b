import { z } from 'zod';
import { actor, wholeNumberParam } from '../http/common.schemas';

export const createSessionParams = z.strictObject({ user_id: z.string() });
export type CreateSessionParams = z.output<typeof createSessionParams>;

/** Parameters of the control API's sign-in. */
export const signInParams = createSessionParams.extend({
  status: z.enum(['active', 'pending'], 'must be active or pending.').optional(),
  actor: actor.optional(),
});
export type SignInParams = z.output<typeof signInParams>;

/** Statuses that lists can be filtered by. Clerk documents no filter for `pending`. */
const listedStatuses = ['abandoned', 'active', 'ended', 'expired', 'removed', 'replaced', 'revoked'] as const;

export const listSessionsParams = z
  .object({
    user_id: z.string().optional(),
    client_id: z.string().optional(),
    status: z.enum(listedStatuses, `must be one of ${listedStatuses.join(', ')}.`).optional(),
    limit: wholeNumberParam(1, 500).default(10),
    offset: wholeNumberParam(0, Number.MAX_SAFE_INTEGER).default(0),
    paginated: z.string().optional(),
  })
  .refine((params) => params.user_id !== undefined || params.client_id !== undefined, {
    path: ['user_id'],
    message: 'user_id or client_id must be included.',
  });
export type ListSessionsParams = z.output<typeof listSessionsParams>;
