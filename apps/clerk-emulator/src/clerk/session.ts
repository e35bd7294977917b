import { currentOrigin } from './request-origin';
import { newId } from './ids';
import { type JsonObject } from './json';
import { sessionActivity } from './session-activity';

/**
 * Status of a session. The user of a `pending` session is signed in, but must first complete tasks, such as choosing an
 * organization.
 */
export type SessionStatus = 'active' | 'pending' | 'ended' | 'removed' | 'revoked';

/** A session as Clerk's Backend API returns it; `session.*` webhooks add the `user`. Times in ms since 1970. */
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

/** True for an active or pending session that has not expired. @param now ms since 1970 */
export function isLive({ status, expire_at }: ClerkSession, now: number): boolean {
  return (status === 'active' || status === 'pending') && now < expire_at;
}

const DAY_MS = 86_400_000;

/** Options of a new session. */
export interface SessionOptions {
  readonly status?: 'active' | 'pending' | undefined;
  /** The actor who impersonates the user; becomes the claim `act` of the session's tokens. */
  readonly actor?: JsonObject | undefined;
  /** Default 7 days. */
  readonly lifetimeMs?: number | undefined;
  /** The browser that signs in; by default a new client with this session alone. */
  readonly clientId?: string | undefined;
}

/**
 * A session that starts at `now`, by default active. From `expire_at` on, by default 7 days after the start, the
 * session gets no more tokens. `abandon_at`, 30 days after the start, is shown as at Clerk, but has no effect in the
 * emulator.
 */
export function newSession(userId: string, now: number, options: SessionOptions = {}): ClerkSession {
  return {
    abandon_at: now + 30 * DAY_MS,
    actor: options.actor ?? null,
    client_id: options.clientId ?? newId('client', now),
    created_at: now,
    expire_at: now + (options.lifetimeMs ?? 7 * DAY_MS),
    id: newId('sess', now),
    last_active_at: now,
    last_active_organization_id: null,
    latest_activity: sessionActivity(currentOrigin(), now),
    object: 'session',
    status: options.status ?? 'active',
    updated_at: now,
    user_id: userId,
  };
}
