import { type OwnedData, followedData } from './follow-data';
import { type User, followedUsers } from './follow-users';
import { Tail } from './tail';
import { type TailOptions, type Tailing } from './tailing';

/**
 * Tells the changes of users in the order of the stream, from its last messages on. Keeps no table, so its memory does
 * not grow with the number of users. For what must be complete, use `followUsers`.
 */
export function tailUsers(options: TailOptions<User>): Tailing {
  return new Tail(followedUsers, options);
}

/** Tells the changes of what users own, as `tailUsers` does of users. */
export function tailData(options: TailOptions<OwnedData>): Tailing {
  return new Tail(followedData, options);
}
