import { z } from 'zod';
import { roles, tiers } from './principal';
import { changeFields, epochMarkerSchema } from './stream-epoch';
import { timeSchema } from './time';
import { userSchema } from './user';
import { uuidSchema } from './uuid';

const { shape } = userSchema;

/** A user, as other services see it. */
export const publicUserSchema = z.object({
  id: uuidSchema,
  clerkUserId: shape.clerkUserId,
  email: shape.email,
  emailVerified: shape.emailVerified,
  phoneNumber: shape.phoneNumber,
  phoneVerified: shape.phoneVerified,
  firstName: shape.firstName,
  lastName: shape.lastName,
  fullName: shape.fullName,
  username: shape.username,
  profileImageUrl: shape.profileImageUrl,
  role: z.enum(roles),
  tier: z.enum(tiers),
  /** Whether the user may act now: not deactivated, banned, deprovisioned or deleted. */
  isActive: z.boolean(),
  createdAt: timeSchema,
});

/** A user, as other services see it. */
export type PublicUser = z.output<typeof publicUserSchema>;

/** The newest state of a user, or its deletion. A message of `GATEHOUSE_USERS`. */
export const userChangeSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('user'),
    ...changeFields,
    /**
     * Public fields that differ from the message before this one; empty if this message repeats it. Only a hint: a reader
     * may have skipped that message.
     */
    changed: z.array(z.string()),
    user: publicUserSchema,
  }),
  z.object({ kind: z.literal('deleted'), ...changeFields, user: z.object({ id: uuidSchema }) }),
]);

/** The newest state of a user, or its deletion. */
export type UserChange = z.output<typeof userChangeSchema>;

/** Any message of `GATEHOUSE_USERS`. */
export const usersMessageSchema = z.discriminatedUnion('kind', [userChangeSchema, epochMarkerSchema]);

/** Any message of `GATEHOUSE_USERS`. */
export type UsersMessage = z.output<typeof usersMessageSchema>;

/** Subject of the changes of a user. */
export function userChangeSubject(userId: string): string {
  return `users.changed.${userId}`;
}

/** Subject of the markers of epochs of `GATEHOUSE_USERS`. */
export const usersEpochSubject = 'users.changed.epoch';
