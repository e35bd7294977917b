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

/** Returns the session tokens in Clerk's cookies. Only browser navigations may authenticate with cookies. */
export function readSessionCookies(rawHeaders: readonly string[]): string[] {
  return readCookies(rawHeaders, (name) => SESSION_COOKIE.test(name));
}

/**
 * Chooses the token to verify. Other Clerk applications on the same domain set cookies with the same names, so a token
 * of `issuer` takes precedence. A browser can send several tokens of `issuer`, because Clerk writes a token to two
 * cookies, and one of them may be out of date. Of these tokens, chooses the newest. If no token is of `issuer`, chooses
 * the first token.
 * @returns undefined for an empty list
 */
export function chooseSessionToken(tokens: readonly string[], issuer: string): string | undefined {
  if (tokens.length < 2) return tokens[0];
  let chosen: { readonly token: string; readonly issuedAt: number } | undefined;
  for (const token of tokens) {
    const issuedAt = issuedAtBy(token, issuer);
    if (issuedAt !== undefined && (chosen === undefined || issuedAt > chosen.issuedAt)) chosen = { token, issuedAt };
  }
  return chosen?.token ?? tokens[0];
}

function issuedAtBy(token: string, issuer: string): number | undefined {
  try {
    const { iss, iat } = decodeJwt(token).claims;
    return iss === issuer && typeof iat === 'number' ? iat : undefined;
  } catch {
    // The cookie of another application may hold any text.
    return undefined;
  }
}
