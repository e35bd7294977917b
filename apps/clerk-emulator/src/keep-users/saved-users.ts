import { z } from 'zod';
import { type ClerkUser } from '../clerk/user';
import { savedRecord } from '../persist-state/saved-state';

const user = savedRecord<ClerkUser>({
  id: z.string(),
  created_at: z.number(),
  updated_at: z.number(),
  email_addresses: z.array(z.looseObject({ id: z.string(), email_address: z.string() })),
  phone_numbers: z.array(z.looseObject({ id: z.string(), phone_number: z.string() })),
  username: z.string().nullable(),
  external_id: z.string().nullable(),
});

/** Fields of the state file that hold the users. */
export const savedUsers = z.object({
  users: z.array(user),
  /** When the lockout of each locked user ends, in ms since 1970; null for a lockout without an end. */
  lockouts: z.array(z.object({ user_id: z.string(), ends_at: z.number().nullable() })).default([]),
  /** Ids of deleted users, oldest first. */
  deleted_user_ids: z.array(z.string()).default([]),
});
