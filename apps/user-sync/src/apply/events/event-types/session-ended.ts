import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSessionEnd } from './read-session';
import { type EventReader } from './reading';

/** The user signed out. */
export const sessionEnded: EventReader = (data, observedAt) =>
  readSessionEnd(parseData(clerkEventDataSchemas['session.ended'], data, 'data'), observedAt);
