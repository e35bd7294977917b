/** Path of the route that browsers reach after signing in. */
export const SYNC_PATH = '/api/clerk/syncUsers';

/** Rules for redirects of browsers. */
export interface RedirectRules {
  readonly publicUrl: string;
  /** Allowed origins in addition to that of `publicUrl`. */
  readonly origins: { includes(origin: string): boolean };
  /** Path of the redirecting route; not allowed as a target, because it would redirect forever. */
  readonly ownPath: string;
  /** Absolute URL to use when a target is not allowed. */
  readonly fallback: string;
}

const MAX_LENGTH = 2_048;
/**
 * Characters that browsers strip or reinterpret, so that a relative-looking URL can lead to another host: control
 * (`Cc`) and format (`Cf`) characters, line and paragraph separators (`Zl`, `Zp`), unpaired surrogates (`Cs`),
 * backslash, and white space at either end.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]|^\s|\s$/u;

/** Returns the candidate as an absolute, encoded URL if it is allowed; else the fallback. @see https://url.spec.whatwg.org/ */
export function redirectTarget(candidate: unknown, rules: RedirectRules): string {
  return allowed(candidate, rules) ?? rules.fallback;
}

function allowed(candidate: unknown, { publicUrl, origins, ownPath }: RedirectRules): string | undefined {
  if (typeof candidate !== 'string' || candidate === '' || candidate.length > MAX_LENGTH) return undefined;
  if (DECEPTIVE.test(candidate) || !URL.canParse(candidate, publicUrl)) return undefined;
  const url = new URL(candidate, publicUrl);
  const own = new URL(publicUrl).origin;
  if (url.origin !== own && !origins.includes(url.origin)) return undefined;
  // Rejects a user name or password in the URL, which only serves to deceive. `url.origin` does not contain them.
  if (url.username !== '' || url.password !== '') return undefined;
  if (!/^https?:$/.test(url.protocol)) return undefined;
  return url.origin === own && isPath(url.pathname, ownPath) ? undefined : url.href;
}

/** Whether a pathname equals a path, ignoring case, percent-encoding and trailing slashes. */
export function isPath(pathname: string, path: string): boolean {
  let decoded = pathname;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    // An invalid encoding never equals the path.
  }
  return decoded.replace(/\/+$/, '').toLowerCase() === path.toLowerCase();
}
