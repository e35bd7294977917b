import { Follower } from './follower';
import { type Change, type FollowOptions, type Following, type Removal } from './following';
import { type FollowedStream, isRecord } from './stream-message';

/** A user of Gatehouse, as other services see it. Times are ISO 8601. */
export interface User {
  readonly id: string;
  readonly clerkUserId: string | null;
  readonly email: string | null;
  readonly emailVerified: boolean;
  readonly phoneNumber: string | null;
  readonly phoneVerified: boolean;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly fullName: string;
  readonly username: string | null;
  readonly profileImageUrl: string | null;
  readonly role: 'user' | 'developer' | 'admin';
  readonly tier: 'free' | 'pro' | 'enterprise';
  /** Whether the user may act now: not deactivated, banned, deprovisioned or deleted. */
  readonly isActive: boolean;
  readonly createdAt: string;
}

/** What `followUsers` calls, beside `FollowOptions`. */
export interface FollowUsersOptions extends FollowOptions {
  /** Called with each user that is new or changed. Store it; create it if it is not there. */
  readonly onUser: (user: User, change: Change) => unknown;
  /** Called with the id of each user that is gone, even if you never had it. */
  readonly onRemoved: (id: string, removal: Removal) => unknown;
}

/** The stream of users. */
export const followedUsers: FollowedStream<User> = {
  name: 'GATEHOUSE_USERS',
  prefix: 'users.changed.',
  subjects: 'users.changed.*',
  feed: 'feed.users.*',
  body: ({ user }, key) => (isRecord(user) && user.id === key ? (user as unknown as User) : undefined),
};

/**
 * Keeps a table of users equal to Gatehouse's: reads all users, then follows their changes. Callbacks are awaited. For
 * one user they run one after the other, and versions never go back. A callback that fails is called again until it
 * succeeds or a newer version replaces it. The newest version always arrives; versions in between may be skipped.
 * @example
 * const users = new Map<string, User>();
 * const following = followUsers({
 *   nats: await connect({ servers, user: 'users-reader', pass, inboxPrefix: '_INBOX.users-reader' }),
 *   onUser: (user) => users.set(user.id, user),
 *   onRemoved: (id) => users.delete(id),
 * });
 * await following.ready;
 */
export function followUsers(options: FollowUsersOptions): Following {
  const { onUser, onRemoved } = options;
  return new Follower<User>(followedUsers, { onRow: onUser, onRemoved }, options);
}
