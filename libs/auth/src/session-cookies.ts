import { systemClock } from './clock';
import { CredentialRequestError } from './errors';
import { type JsonObject } from './json-object';
import { decodeJwt } from './jwt';

/**
 * Clerk writes the session token to the cookies `__session` and `__session_<suffix>`. The suffix is derived from
 * Clerk's publishable key, which the gateway does not know, so any suffix is accepted.
 */
const SESSION_COOKIE = /^__session(?:_[\w-]{1,64})?$/;
const MAX_COOKIES = 10;

/**
 * Returns the values of cookies in the order of the request. `isWanted` selects cookies by name. Skips empty values and
 * stops after 10 values. Reads the headers itself, because parsers such as the package `cookie` keep only the first of
 * several cookies with one name.
 */
export function readCookies(rawHeaders: readonly string[], isWanted: (name: string) => boolean): string[] {
  const values: string[] = [];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]?.toLowerCase() !== 'cookie') continue;
    for (const pair of (rawHeaders[index + 1] ?? '').split(';')) {
      const at = pair.indexOf('=');
      if (at === -1 || !isWanted(pair.slice(0, at).trim())) continue;
      const value = pair.slice(at + 1).trim();
      if (value !== '' && values.push(value) === MAX_COOKIES) return values;
    }
  }
  return values;
}

/** Returns the session tokens in Clerk's cookies. They are credentials only where a route says so. */
export function readSessionCookies(rawHeaders: readonly string[]): string[] {
  return readCookies(rawHeaders, (name) => SESSION_COOKIE.test(name));
}

/**
 * Chooses the token to verify. Other Clerk applications on the same domain set cookies with the same names, so a token
 * of `issuer` takes precedence. A browser can send several tokens of `issuer`, because Clerk writes a token to two
 * cookies, and one of them may be out of date. Of these tokens, chooses the newest. If no token is of `issuer`, chooses
 * the first token.
 *
 * Any host of the domain can set cookies for all of it, also one with an attacker's own token. So tokens of `issuer` for
 * different users that have not expired at `now` (milliseconds since the epoch) are rejected.
 * @returns undefined for an empty list
 * @throws CredentialRequestError `session_cookies_conflict`
 */
export function chooseSessionToken(
  tokens: readonly string[],
  issuer: string,
  now: number = systemClock(),
): string | undefined {
  const different = new Set(tokens);
  if (different.size < 2) return tokens[0];
  let chosen: { readonly token: string; readonly issuedAt: number } | undefined;
  const users = new Set<unknown>();
  for (const token of different) {
    const { iss, iat, exp, sub } = unverifiedClaims(token);
    if (iss !== issuer || typeof iat !== 'number') continue;
    if (chosen === undefined || iat > chosen.issuedAt) chosen = { token, issuedAt: iat };
    if (typeof exp === 'number' && exp * 1_000 > now) users.add(sub);
  }
  if (users.size > 1) throw new CredentialRequestError('session_cookies_conflict');
  return chosen?.token ?? tokens[0];
}

function unverifiedClaims(token: string): JsonObject {
  try {
    return decodeJwt(token).claims;
  } catch {
    // The cookie of another application may hold any text.
    return {};
  }
}
