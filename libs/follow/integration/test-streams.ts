import { type FollowUsersOptions, type Following, type User, followData, followUsers } from '../src/index';

/** What both streams have in common for a test: rows with the fields of a user, under short ids. */
export interface TestStream {
  readonly name: string;
  /** Prefix of the subjects, with a dot at its end. */
  readonly prefix: string;
  readonly subjects: string;
  readonly republish: { readonly src: string; readonly dest: string };
  /** The rest of a subject, and the id in `known`. */
  readonly key: (id: string) => string;
  /** What a message says about a row, without version, epoch and time; a deletion without `user`. */
  readonly content: (id: string, user: User | undefined) => object;
  /** Starts a follower. `onUser` and `onRemoved` get the short ids. */
  readonly follow: (options: FollowUsersOptions) => Following;
}

export const usersTestStream: TestStream = {
  name: 'GATEHOUSE_USERS',
  prefix: 'users.changed.',
  subjects: 'users.changed.*',
  republish: { src: 'users.changed.*', dest: 'feed.users.{{wildcard(1)}}' },
  key: (id) => id,
  content: (id, user) => ({ kind: user ? 'user' : 'deleted', user: user ?? { id } }),
  follow: followUsers,
};

const OWNER = 'owner';

export const dataTestStream: TestStream = {
  name: 'GATEHOUSE_DATA',
  prefix: 'data.changed.',
  subjects: 'data.changed.>',
  republish: { src: 'data.changed.>', dest: 'feed.data.>' },
  key: (id) => `${OWNER}.item.${id}`,
  content: (id, data) => {
    const ref = { userId: OWNER, id };
    return data ? { kind: 'item', ...ref, data } : { kind: 'deleted', resource: 'item', ...ref };
  },
  follow: ({ onUser, onRemoved, ...options }) =>
    followData({
      ...options,
      onData: ({ data }, change) => onUser(data as unknown as User, change),
      onRemoved: ({ id }, removal) => onRemoved(id, removal),
    }),
};
