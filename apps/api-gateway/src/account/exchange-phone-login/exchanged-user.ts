import { type User, type UserQuotas, meSchema, tiers } from '@gatehouse/contracts';
import { z } from 'zod';
import { named } from '../../openapi/named';

/**
 * The user in the answer of a phone exchange: that of `GET /api/me`, with the names that phone frontends use for the subscription
 * and for uploads, so that they need no second request. Null where user-data did not answer in time.
 */
export const exchangedUserSchema = named(
  'ExchangedUser',
  meSchema.extend({
    /** The same as `subscription`. */
    subscriptionStatus: z.enum(tiers),
    /** The same as `quotas.tokens.limit`, `used` and `remaining`. */
    tokensMonthlyLimit: z.int().nullable(),
    tokensUsed: z.int().nullable(),
    tokensRemaining: z.int().nullable(),
    /** The same as `quotas.uploads.limit`, `used`, `remaining` and `documentsUploaded`. */
    monthlyUploadLimit: z.int().nullable(),
    uploadsUsedThisMonth: z.int().nullable(),
    uploadsRemaining: z.int().nullable(),
    documentsUploaded: z.int().nullable(),
  }),
);

/** The user in the answer of a phone exchange. */
export type ExchangedUser = z.output<typeof exchangedUserSchema>;

/** Adds subscription and usage to the user of a phone exchange. */
export function presentExchanged(user: User, quotas: UserQuotas | null): ExchangedUser {
  const { tokens, uploads } = quotas ?? {};
  return {
    ...user,
    subscriptionStatus: user.subscription,
    quotas,
    tokensMonthlyLimit: tokens?.limit ?? null,
    tokensUsed: tokens?.used ?? null,
    tokensRemaining: tokens?.remaining ?? null,
    monthlyUploadLimit: uploads?.limit ?? null,
    uploadsUsedThisMonth: uploads?.used ?? null,
    uploadsRemaining: uploads?.remaining ?? null,
    documentsUploaded: uploads?.documentsUploaded ?? null,
  };
}
