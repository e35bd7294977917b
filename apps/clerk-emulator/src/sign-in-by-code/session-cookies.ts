import { cookieNames } from '../clerk/publishable-key';

/**
 * `Set-Cookie` headers that set the session token under two names, `__session` and `__session_` with the suffix. Like
 * Clerk's, the cookies are host-only.
 */
export function sessionCookies(token: string, publishableKey: string): string[] {
  return cookieNames('__session', publishableKey).map((name) => `${name}=${token}; Path=/; SameSite=Lax`);
}
