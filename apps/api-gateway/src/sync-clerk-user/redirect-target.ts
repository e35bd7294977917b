/** Where browsers may be sent. */
export interface RedirectRules {
  readonly publicUrl: string;
  readonly origins: readonly string[];
  /** The path of the route that redirects: a target that leads back to it would go round for ever. */
  readonly ownPath: string;
}

const MAX_LENGTH = 2_048;
/** Visible ASCII without the backslash: browsers strip or reinterpret the rest, and what looks relative leads elsewhere. */
const HONEST = /^[\x21-\x5b\x5d-\x7e]+$/;

/** The first of the candidates that may be gone to, as an absolute URL; else the root of `publicUrl`. */
export function redirectTarget(candidates: readonly (string | undefined)[], rules: RedirectRules): string {
  const root = `${new URL(rules.publicUrl).origin}/`;
  for (const candidate of candidates) {
    const target = allowed(candidate, rules);
    if (target !== undefined) return target;
  }
  return root;
}

function allowed(candidate: string | undefined, { publicUrl, origins, ownPath }: RedirectRules): string | undefined {
  if (candidate === undefined || candidate === '' || candidate.length > MAX_LENGTH) return undefined;
  if (!HONEST.test(candidate) || !URL.canParse(candidate, publicUrl)) return undefined;
  const url = new URL(candidate, publicUrl);
  const own = new URL(publicUrl).origin;
  if (url.origin !== own && !origins.includes(url.origin)) return undefined;
  // `URL.origin` leaves these out, and they only ever deceive.
  if (url.username !== '' || url.password !== '') return undefined;
  if (!/^https?:$/.test(url.protocol)) return undefined;
  return url.origin === own && samePath(url.pathname, ownPath) ? undefined : url.href;
}

function samePath(pathname: string, ownPath: string): boolean {
  let decoded = pathname;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    // It stays as it is, and differs.
  }
  return decoded.replace(/\/+$/, '').toLowerCase() === ownPath.toLowerCase();
}
