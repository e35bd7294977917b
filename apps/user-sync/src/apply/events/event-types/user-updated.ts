import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readUser } from './read-user';
import { type EventReader } from './reading';

/** A user was changed at Clerk. If the user is not stored here yet, the event creates it. */
export const userUpdated: EventReader = (data, observedAt) =>
  readUser(parseData(clerkEventDataSchemas['user.updated'], data, 'data'), observedAt);
