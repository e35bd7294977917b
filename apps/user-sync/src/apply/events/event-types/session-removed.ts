import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSessionEnd } from './read-session';
import { type EventReader } from './reading';

/** A session was removed from a browser or device that holds several sessions. */
export const sessionRemoved: EventReader = (data, observedAt) =>
  readSessionEnd(parseData(clerkEventDataSchemas['session.removed'], data, 'data'), observedAt);
