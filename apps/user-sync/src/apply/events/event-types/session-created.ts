import { clerkEventDataSchemas } from '@gatehouse/contracts';
import { parseData } from './parse-data';
import { readSession } from './read-session';
import { type EventReader } from './reading';

/** A user signed in. */
export const sessionCreated: EventReader = (data, observedAt) =>
  readSession(
    parseData(clerkEventDataSchemas['session.created'], data, 'data'),
    observedAt,
    ({ created_at, last_active_at }) => ({
      lastLoginAt: created_at ?? null,
      lastActiveAt: last_active_at ?? created_at ?? null,
    }),
  );
