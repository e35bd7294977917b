import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSessionEnd } from './read-session';
import { type EventReader } from './reading';

/** An admin, or the user on another device, revoked a session. */
export const sessionRevoked: EventReader = (data, observedAt) =>
  readSessionEnd(parseData(clerkEventDataSchemas['session.revoked'], data, 'data'), observedAt);
