import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readUser } from './read-user';
import { type EventReader } from './reading';

/** A user was created at Clerk. */
export const userCreated: EventReader = (data, observedAt) =>
  readUser(parseData(clerkEventDataSchemas['user.created'], data, 'data'), observedAt);
