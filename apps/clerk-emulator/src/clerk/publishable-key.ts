import { createHash } from 'node:crypto';

const DEVELOPMENT_HOST = '.clerk.accounts.dev';
/** Longest label of a host name. */
const LABEL_LIMIT = 63;

/**
 * Publishable key of a development instance with this issuer. Clerk's scripts read a host name from the key, and treat
 * the instance as a development instance if the name ends in `.clerk.accounts.dev`. They send no request to this host
 * when they are given a proxy URL. An issuer elsewhere therefore gets an invented name, such as
 * `localhost-3100.clerk.accounts.dev` for `http://localhost:3100`. Clerk's own names have another form.
 */
export function publishableKeyOf(issuer: string): string {
  const { host } = new URL(issuer);
  const label = host
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  const name = host.endsWith(DEVELOPMENT_HOST) ? host : `${label.slice(-LABEL_LIMIT)}${DEVELOPMENT_HOST}`;
  return `pk_test_${Buffer.from(`${name}$`).toString('base64').replace(/=+$/, '')}`;
}

/**
 * Suffix that Clerk's scripts add to cookie names: the first eight characters of the base64url SHA-1 of the
 * publishable key.
 */
export function cookieSuffix(publishableKey: string): string {
  return createHash('sha1').update(publishableKey).digest('base64url').slice(0, 8);
}

/** Names under which Clerk sets one cookie: the plain one, and the one with the suffix. */
export function cookieNames(name: string, publishableKey: string): readonly [plain: string, suffixed: string] {
  return [name, `${name}_${cookieSuffix(publishableKey)}`];
}
