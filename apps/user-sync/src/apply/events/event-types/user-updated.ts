import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readUser } from './read-user';
import { type EventReader } from './reading';

/** A user was changed at Clerk; an unknown one is created. */
export const userUpdated: EventReader = (data, observedAt) =>
  readUser(parseData(clerkEventDataSchemas['user.updated'], data, 'data'), observedAt);
