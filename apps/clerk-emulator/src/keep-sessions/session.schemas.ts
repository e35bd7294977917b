import { z } from 'zod';
import { isJsonObject, type JsonObject } from '../clerk/json';

const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}.`)
    .transform(Number)
    .refine((n) => n >= min && n <= max, `must be a whole number from ${min} to ${max}.`);

export const createSessionParams = z.strictObject({ user_id: z.string() });
export type CreateSessionParams = z.output<typeof createSessionParams>;

/** Parameters of the control API's sign-in. */
export const signInParams = createSessionParams.extend({
  status: z.enum(['active', 'pending'], 'must be active or pending.').optional(),
  actor: z
    .custom<JsonObject>(
      (value) => isJsonObject(value) && typeof value['sub'] === 'string',
      'must be an object with sub.',
    )
    .optional(),
});
export type SignInParams = z.output<typeof signInParams>;

export const listSessionsParams = z
  .object({
    user_id: z.string().optional(),
    client_id: z.string().optional(),
    status: z.string().optional(),
    limit: wholeNumber(1, 500).default(10),
    offset: wholeNumber(0, Number.MAX_SAFE_INTEGER).default(0),
    paginated: z.string().optional(),
  })
  .refine((params) => params.user_id !== undefined || params.client_id !== undefined, {
    path: ['user_id'],
    message: 'user_id or client_id must be included.',
  });
export type ListSessionsParams = z.output<typeof listSessionsParams>;
