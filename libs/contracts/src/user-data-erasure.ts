import { z } from 'zod';
import { deleteUser } from './admin-user';
import { erasureSchema } from './erasure';
import { defineRequest } from './request';
import { timeSchema } from './time';
import { uuidSchema } from './uuid';

/** What an erasure removed of a user's own data. */
export const userDataErasureSchema = z.object({
  at: timeSchema,
  /** Number of deleted rows, by table. */
  rows: z.record(z.string(), z.int()),
  /** Whether no row is left. False when the time limit of one request ended first: repeat the request. */
  complete: z.boolean(),
});

/** What an erasure removed of a user's own data. */
export type UserDataErasure = z.output<typeof userDataErasureSchema>;

/**
 * Deletes every row of a user in the database of user-data, except the audit log; for admins. A repeated request deletes
 * what was written since.
 */
export const eraseUserData = defineRequest({
  subject: 'user-data.owners.erase',
  request: z.strictObject({ userId: uuidSchema }),
  reply: userDataErasureSchema,
});

/** What an erasure of a user removed in all services. `userData` is null for a user whom Gatehouse does not know. */
export const userErasureSchema = erasureSchema.extend({ userData: userDataErasureSchema.nullable() });

/**
 * A local user whom an admin has deleted. `userData` is null if user-data did not answer: it then erases the data of the
 * user after `DELETED_USER_RETENTION_DAYS`, or when the request is repeated.
 */
export const deletedUserSchema = deleteUser.reply.extend({ userData: userDataErasureSchema.nullable() });

/** A local user whom an admin has deleted, and what was erased of its data. */
export type DeletedUser = z.output<typeof deletedUserSchema>;

/** What an erasure of a user removed in all services. */
export type UserErasure = z.output<typeof userErasureSchema>;
