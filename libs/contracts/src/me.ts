import { type z } from 'zod';
import { userQuotasSchema } from './quota';
import { userSchema } from './user';

/** The calling user with its quotas. `quotas` is null when user-data did not answer in time. */
export const meSchema = userSchema.extend({ quotas: userQuotasSchema.nullable() });

/** The calling user with its quotas. */
export type Me = z.output<typeof meSchema>;
