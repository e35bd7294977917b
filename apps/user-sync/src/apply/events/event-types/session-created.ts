import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSession } from './read-session';
import { type EventReader } from './reading';

/** A user signed in. */
export const sessionCreated: EventReader = (data, observedAt) => {
  const session = parseData(clerkEventDataSchemas['session.created'], data, 'data');
  const reading = readSession(session, observedAt, ({ created_at, last_active_at }) => ({
    lastLoginAt: created_at ?? null,
    lastActiveAt: last_active_at ?? created_at ?? null,
  }));
  const { id, created_at: startedAt } = session;
  return startedAt == null ? reading : { ...reading, startedSession: { id, startedAt } };
};
