import { z } from 'zod';
import { defineRequest } from './request';
import { uuidSchema } from './uuid';

/**
 * Spends the code of a link that signs in to the console, for the admin in the envelope. `expiresAt` is in milliseconds
 * since the epoch. Rejected as `token_used` when the code was spent before. Both outcomes are audited.
 */
export const spendConsoleCode = defineRequest({
  subject: 'user-sync.console-codes.spend',
  request: z.strictObject({ id: uuidSchema, expiresAt: z.number().int().nonnegative() }),
  reply: z.object({}),
});
