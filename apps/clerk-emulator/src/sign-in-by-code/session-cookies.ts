import { cookieNames } from '../clerk/publishable-key';

/**
 * `Set-Cookie` headers that set the session token under two names, `__session` and `__session_` with the suffix. Like
 * Clerk's, the cookies are host-only.
 */
export function sessionCookies(token: string, publishableKey: string): string[] {
  return cookieNames('__session', publishableKey).map((name) => `${name}=${token}; Path=/; SameSite=Lax`);
}

/** Credential of a development browser that Clerk's scripts have set on this host; undefined without one. */
export function devBrowserOf(cookies: string | undefined, publishableKey: string): string | undefined {
  const pairs = (cookies ?? '').split(';').map((pair) => pair.trim());
  // The cookie with the suffix first: the plain one may be that of another instance on the same host.
  for (const name of [...cookieNames('__clerk_db_jwt', publishableKey)].reverse()) {
    const found = pairs.find((pair) => pair.startsWith(`${name}=`));
    if (found !== undefined) return found.slice(name.length + 1);
  }
  return undefined;
}
