import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSession } from './read-session';
import { type EventReader } from './reading';

/**
 * A sign-in with an open task, such as a second factor or the choice of an organization. No login time is recorded,
 * because the user has not signed in yet.
 */
export const sessionPending: EventReader = (data, observedAt) =>
  readSession(parseData(clerkEventDataSchemas['session.pending'], data, 'data'), observedAt, () => ({}));
