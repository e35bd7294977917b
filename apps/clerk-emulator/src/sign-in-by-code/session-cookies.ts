import { createHash } from 'node:crypto';

/**
 * Suffix that Clerk's scripts add to cookie names: the first eight characters of the base64url SHA-1 of the
 * publishable key.
 */
export function cookieSuffix(publishableKey: string): string {
  return createHash('sha1').update(publishableKey).digest('base64url').slice(0, 8);
}

/** The publishable key of a development instance whose Frontend API is at the host of this URL. */
export function publishableKeyOf(issuer: string): string {
  return `pk_test_${Buffer.from(`${new URL(issuer).host}$`).toString('base64')}`;
}

/**
 * `Set-Cookie` headers that set the session token under two names, `__session` and `__session_` with the suffix. Like
 * Clerk's, the cookies are host-only.
 */
export function sessionCookies(token: string, publishableKey: string): string[] {
  return ['__session', `__session_${cookieSuffix(publishableKey)}`].map(
    (name) => `${name}=${token}; Path=/; SameSite=Lax`,
  );
}
