import { z } from 'zod';
import { emailAddress, phoneNumber } from '../keep-users/user.schemas';

const identifier = z.union([emailAddress, phoneNumber], 'must be an e-mail address, or a phone number in E.164.');

export const startSignInParams = z.strictObject({
  identifier,
  sign_up: z.boolean().optional(),
  pending: z.boolean().optional(),
});
export type StartSignInParams = z.output<typeof startSignInParams>;

export const attemptParams = z.strictObject({ code: z.string().max(20) });
export type AttemptParams = z.output<typeof attemptParams>;

export const messagesParams = z.object({ to: z.string().optional() });
export type MessagesParams = z.output<typeof messagesParams>;
