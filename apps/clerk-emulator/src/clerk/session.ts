import { newId } from './ids';
import { type JsonObject } from './json';

/** The states in which the emulator leaves a session. A pending one is signed in but has tasks left. */
export type SessionStatus = 'active' | 'pending' | 'ended' | 'removed' | 'revoked';

/** A session as Clerk's Backend API gives it; `session.*` webhooks add the `user`. Times in ms. */
export interface ClerkSession {
  abandon_at: number;
  actor: JsonObject | null;
  client_id: string;
  created_at: number;
  expire_at: number;
  id: string;
  last_active_at: number;
  last_active_organization_id: string | null;
  latest_activity: JsonObject;
  object: 'session';
  status: SessionStatus;
  updated_at: number;
  user_id: string;
}

const DAY_MS = 86_400_000;

/** How a session departs from the usual one. */
export interface SessionOptions {
  readonly status?: 'active' | 'pending' | undefined;
  /** Who acts as the user; its `sub` is that of the `act` claim. */
  readonly actor?: JsonObject | undefined;
  /** 7 days if not given. */
  readonly lifetimeMs?: number | undefined;
}

/** A session that begins at `now`, active and with Clerk's default lifetimes of 7 and 30 days unless told otherwise. */
export function newSession(userId: string, now: number, options: SessionOptions = {}): ClerkSession {
  return {
    abandon_at: now + 30 * DAY_MS,
    actor: options.actor ?? null,
    client_id: newId('client', now),
    created_at: now,
    expire_at: now + (options.lifetimeMs ?? 7 * DAY_MS),
    id: newId('sess', now),
    last_active_at: now,
    last_active_organization_id: null,
    latest_activity: {
      browser_name: 'Chrome',
      browser_version: '140.0.0.0',
      city: 'Springfield',
      country: 'US',
      device_type: 'Macintosh',
      id: newId('sess_activity', now),
      ip_address: '127.0.0.1',
      is_mobile: false,
      object: 'session_activity',
    },
    object: 'session',
    status: options.status ?? 'active',
    updated_at: now,
    user_id: userId,
  };
}
