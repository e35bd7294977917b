import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSessionEnd } from './read-session';
import { type EventReader } from './reading';

/** A session was revoked by an admin or by the user from another device. */
export const sessionRevoked: EventReader = (data, observedAt) =>
  readSessionEnd(parseData(clerkEventDataSchemas['session.revoked'], data, 'data'), observedAt);
