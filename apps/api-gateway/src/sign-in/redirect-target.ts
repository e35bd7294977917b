/** Where browsers may be sent. */
export interface RedirectRules {
  readonly publicUrl: string;
  /** Origins besides that of `publicUrl`. */
  readonly origins: { includes(origin: string): boolean };
  /** The path of the route that redirects: a target that leads back to it would go round for ever. */
  readonly ownPath: string;
  /** Absolute URL for a target that is not allowed. */
  readonly fallback: string;
}

const MAX_LENGTH = 2_048;
/**
 * What browsers strip or reinterpret, so that what looks relative leads elsewhere: control and format characters, line
 * separators and the backslash; white space at either end.
 */
const DECEPTIVE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\\]|^\s|\s$/u;

/** The candidate as an absolute URL if browsers may go there, encoded as the URL Standard does; else the fallback. */
export function redirectTarget(candidate: unknown, rules: RedirectRules): string {
  return allowed(candidate, rules) ?? rules.fallback;
}

function allowed(candidate: unknown, { publicUrl, origins, ownPath }: RedirectRules): string | undefined {
  if (typeof candidate !== 'string' || candidate === '' || candidate.length > MAX_LENGTH) return undefined;
  if (DECEPTIVE.test(candidate) || !URL.canParse(candidate, publicUrl)) return undefined;
  const url = new URL(candidate, publicUrl);
  const own = new URL(publicUrl).origin;
  if (url.origin !== own && !origins.includes(url.origin)) return undefined;
  // `URL.origin` leaves these out, and they only ever deceive.
  if (url.username !== '' || url.password !== '') return undefined;
  if (!/^https?:$/.test(url.protocol)) return undefined;
  return url.origin === own && isPath(url.pathname, ownPath) ? undefined : url.href;
}

/** Whether a pathname is a path, ignoring case, percent-encoding and trailing slashes. */
export function isPath(pathname: string, path: string): boolean {
  let decoded = pathname;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    // It stays as it is, and differs.
  }
  return decoded.replace(/\/+$/, '').toLowerCase() === path.toLowerCase();
}
