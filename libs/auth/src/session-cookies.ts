import { decodeJwt } from './jwt';

/** Clerk writes the session token as `__session` and `__session_<suffix>`; the suffix is derived from the publishable key. */
const SESSION_COOKIE = /^__session(?:_[\w-]{1,64})?$/;
const MAX_COOKIES = 10;

/** The values of the cookies whose name is wanted, in the order of the request; at most 10, without empty ones. */
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

/** Every session token that a browser sends in Clerk's cookies, for the one route to which it navigates with them. */
export function readSessionCookies(rawHeaders: readonly string[]): string[] {
  return readCookies(rawHeaders, (name) => SESSION_COOKIE.test(name));
}

/**
 * Chooses the token to verify, by what it claims: the freshest of `issuer`, because other Clerk applications on the same
 * domain set cookies of the same names. The first one when none is of `issuer`; undefined when there is none.
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
    // Another application's cookie may hold anything.
    return undefined;
  }
}
