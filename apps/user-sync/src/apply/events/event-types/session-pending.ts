import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSession } from './read-session';
import { type EventReader } from './reading';

/** A sign-in that still waits for a task (a second factor, an organization): not a login yet. */
export const sessionPending: EventReader = (data, observedAt) =>
  readSession(parseData(clerkEventDataSchemas['session.pending'], data, 'data'), observedAt, () => ({}));
