import { createHash } from 'node:crypto';

/**
 * Suffix that Clerk's scripts add to the names of one application's cookies: the first eight characters of the base64url
 * SHA-1 of its publishable key.
 */
export function cookieSuffix(publishableKey: string): string {
  return createHash('sha1').update(publishableKey).digest('base64url').slice(0, 8);
}

/** The publishable key of a development instance whose Frontend API is at the host of this URL. */
export function publishableKeyOf(issuer: string): string {
  return `pk_test_${Buffer.from(`${new URL(issuer).host}$`).toString('base64')}`;
}

/** `Set-Cookie` headers that set the session token in the plain and the suffixed cookie; host-only, as at Clerk. */
export function sessionCookies(token: string, publishableKey: string): string[] {
  return ['__session', `__session_${cookieSuffix(publishableKey)}`].map(
    (name) => `${name}=${token}; Path=/; SameSite=Lax`,
  );
}
