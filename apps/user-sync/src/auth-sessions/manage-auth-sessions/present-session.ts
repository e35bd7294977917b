import { type AuthSession } from '@gatehouse/contracts';
import { type SessionAtClerk } from '../../clerk/clerk-sessions';
import { type LegacySessionEntity } from '../../database/legacy-session.entity';
import { deviceOf, nameOf } from './device-name';

/** A Gatehouse session as its user and admins see it. */
export function presentOwnSession(session: LegacySessionEntity, currentId: string | null): AuthSession {
  const { parentSessionId, startedIp, startedUserAgent, lastUsedAt, lastIp, lastUserAgent } = session;
  const userAgent = lastUserAgent ?? startedUserAgent;
  return {
    id: session.id,
    kind: parentSessionId === null ? 'password' : 'phone',
    current: session.id === currentId,
    parentId: parentSessionId,
    impersonated: false,
    device: { ...deviceOf(userAgent), userAgent },
    address: { ip: lastIp ?? startedIp, city: null, country: null },
    startedFrom: { ip: startedIp, userAgent: startedUserAgent },
    createdAt: session.createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
    expiresAt: session.expiresAt.toISOString(),
  };
}

/** A Clerk session as its user and admins see it. */
export function presentClerkSession(session: SessionAtClerk, currentId: string | null): AuthSession {
  const { activity, lastActiveAt } = session;
  const browser = browserOf(activity);
  const system = activity?.deviceType ?? null;
  return {
    id: session.id,
    kind: 'clerk',
    current: session.id === currentId,
    parentId: null,
    impersonated: session.isImpersonated,
    device: { name: nameOf(browser, system), browser, system, isMobile: activity?.isMobile ?? null, userAgent: null },
    address: { ip: activity?.ip ?? null, city: activity?.city ?? null, country: activity?.country ?? null },
    startedFrom: null,
    createdAt: iso(session.startedAt),
    lastUsedAt: lastActiveAt === null ? null : iso(lastActiveAt),
    expiresAt: iso(session.expiresAt),
  };
}

/** Browser with its major version, such as `Chrome 140`. */
function browserOf(activity: SessionAtClerk['activity']): string | null {
  if (activity?.browserName == null) return null;
  const major = activity.browserVersion?.split('.')[0];
  return major === undefined || major === '' ? activity.browserName : `${activity.browserName} ${major}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}
