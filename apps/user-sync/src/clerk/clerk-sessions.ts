import { clerkTimeSchema } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClerkRequestError, SessionMissingAtClerkError, UserMissingAtClerkError } from '../errors';
import { ClerkJson } from './clerk-json';
import { type CallOptions } from './clerk-requests';

const text = z.string().nullish();
const activitySchema = z.looseObject({
  browser_name: text,
  browser_version: text,
  device_type: text,
  is_mobile: z.boolean().nullish(),
  ip_address: text,
  city: text,
  country: text,
});

/** @see https://clerk.com/docs/reference/backend-api (Session) */
const sessionSchema = z.looseObject({
  id: z.string(),
  user_id: z.string(),
  status: z.string(),
  created_at: clerkTimeSchema,
  expire_at: clerkTimeSchema,
  last_active_at: clerkTimeSchema.nullish(),
  latest_activity: activitySchema.nullish(),
  actor: z.record(z.string(), z.unknown()).nullish(),
});
const listSchema = z.array(sessionSchema);

/** What Clerk knows of the device that last used a session. */
export interface ActivityAtClerk {
  readonly browserName: string | null;
  readonly browserVersion: string | null;
  readonly deviceType: string | null;
  readonly isMobile: boolean | null;
  readonly ip: string | null;
  readonly city: string | null;
  readonly country: string | null;
}

/** A Clerk session. Times in milliseconds since the epoch. */
export interface SessionAtClerk {
  readonly id: string;
  readonly userId: string;
  /** `active` for a session that can be used, `pending` for a sign-in with an open task. */
  readonly status: string;
  readonly startedAt: number;
  readonly expiresAt: number;
  readonly lastActiveAt: number | null;
  readonly activity: ActivityAtClerk | null;
  readonly isImpersonated: boolean;
}

/** Clerk's maximum page size. */
const MAX_PAGE = 500;
/** Maximum pages of sessions of one user. Clerk lists the newest first, so older sessions have long ended. */
const MAX_PAGES = 20;

/** Whether Clerk can still issue tokens for the session, now or after an open task. */
export function isLiveAtClerk({ status }: Pick<SessionAtClerk, 'status'>): boolean {
  return status === 'active' || status === 'pending';
}

/** Reads and revokes sessions by Clerk's Backend API. */
@Injectable()
export class ClerkSessions {
  constructor(private readonly clerk: ClerkJson) {}

  /** The current state of a session; undefined when Clerk does not know it. @throws ClerkRequestError */
  async find(sessionId: string, options: CallOptions): Promise<SessionAtClerk | undefined> {
    const request = { path: pathOf(sessionId), schema: sessionSchema, missing: () => new SessionMissingAtClerkError() };
    const session = await this.clerk.ask(request, options).catch((error: unknown) => {
      if (error instanceof SessionMissingAtClerkError) return undefined;
      throw error;
    });
    if (session === undefined) return undefined;
    if (session.id !== sessionId) throw new ClerkRequestError('clerk', {}, 'Clerk answered with another session.');
    return mapSession(session);
  }

  /** The newest active sessions of a user, at most `limit`. @throws ClerkRequestError */
  active(clerkUserId: string, limit: number, options: CallOptions): Promise<SessionAtClerk[]> {
    return this.page(clerkUserId, { status: 'active', limit: String(limit) }, options);
  }

  /**
   * All sessions of a user for which Clerk can still issue tokens. Reads every status, because Clerk has no filter for
   * `pending`.
   * @throws ClerkRequestError
   */
  async live(clerkUserId: string, options: CallOptions): Promise<SessionAtClerk[]> {
    const found: SessionAtClerk[] = [];
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const query = { limit: String(MAX_PAGE), offset: String(page * MAX_PAGE) };
      const sessions = await this.page(clerkUserId, query, options);
      found.push(...sessions.filter(isLiveAtClerk));
      if (sessions.length < MAX_PAGE) break;
    }
    return found;
  }

  /**
   * Revokes a session. Does nothing if the session has ended, or if Clerk no longer knows it.
   * @throws ClerkRequestError
   */
  async revoke(sessionId: string, options: CallOptions): Promise<void> {
    try {
      await this.clerk.ask(
        {
          path: `${pathOf(sessionId)}/revoke`,
          method: 'POST',
          schema: sessionSchema,
          missing: () => new SessionMissingAtClerkError(),
        },
        { ...options, changesUser: true },
      );
    } catch (error) {
      if (error instanceof SessionMissingAtClerkError) return;
      if (!(error instanceof ClerkRequestError) || !isRequestRefused(error)) throw error;
      // Clerk does not document what it answers for a session that has ended already.
      const session = await this.find(sessionId, options);
      if (session !== undefined && isLiveAtClerk(session)) throw error;
    }
  }

  private async page(
    clerkUserId: string,
    query: Readonly<Record<string, string>>,
    options: CallOptions,
  ): Promise<SessionAtClerk[]> {
    const path = `/sessions?${new URLSearchParams({ user_id: clerkUserId, ...query }).toString()}`;
    const request = { path, schema: listSchema, missing: () => new UserMissingAtClerkError() };
    const sessions = await this.clerk.ask(request, options).catch((error: unknown) => {
      // A user who was deleted at Clerk has no sessions.
      if (error instanceof UserMissingAtClerkError) return [];
      throw error;
    });
    // Clerk is not trusted to filter: a session of somebody else must never be shown or revoked.
    return sessions.filter(({ user_id }) => user_id === clerkUserId).map(mapSession);
  }
}

function pathOf(sessionId: string): string {
  return `/sessions/${encodeURIComponent(sessionId)}`;
}

/** Whether Clerk rejected a request for what it asks, not for our secret key, a limit or a failure of its own. */
export function isRequestRefused({ answer: { status } }: ClerkRequestError): boolean {
  return status !== undefined && status >= 400 && status < 500 && ![401, 403, 408, 429].includes(status);
}

function mapSession(session: z.output<typeof sessionSchema>): SessionAtClerk {
  const { latest_activity: activity } = session;
  return {
    id: session.id,
    userId: session.user_id,
    status: session.status,
    startedAt: session.created_at,
    expiresAt: session.expire_at,
    lastActiveAt: session.last_active_at ?? null,
    activity: activity
      ? {
          browserName: activity.browser_name ?? null,
          browserVersion: activity.browser_version ?? null,
          deviceType: activity.device_type ?? null,
          isMobile: activity.is_mobile ?? null,
          ip: activity.ip_address ?? null,
          city: activity.city ?? null,
          country: activity.country ?? null,
        }
      : null,
    isImpersonated: Boolean(session.actor),
  };
}
