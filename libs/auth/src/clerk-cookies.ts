/**
 * Names of the cookies that Clerk sets, most of them also with a suffix: tokens of the session, of its refresh and of
 * the browser, and what Clerk's packages remember.
 * @see https://clerk.com/docs/guides/how-clerk-works/cookies
 */
const CLERK_COOKIE = /^(?:__session|__refresh|__client_uat)(?:_[\w-]*)?$|^__client$|^__clerk|^clerk_active_context$/;

/**
 * Removes Clerk's cookies from the value of a `Cookie` header. Every other cookie stays byte for byte. Returns an empty
 * string if none is left.
 */
export function withoutClerkCookies(cookies: string): string {
  if (!cookies.includes('__') && !cookies.includes('clerk')) return cookies;
  return withoutCookies(cookies, (name) => CLERK_COOKIE.test(name));
}

/**
 * Removes cookies from the value of a `Cookie` header, by name. Every other cookie stays byte for byte. Returns an empty
 * string if none is left.
 */
export function withoutCookies(cookies: string, isRemoved: (name: string) => boolean): string {
  const pairs = cookies.split(';');
  const kept = pairs.filter((pair) => !isRemoved(nameOf(pair)));
  return kept.length === pairs.length ? cookies : kept.join(';').trimStart();
}

function nameOf(pair: string): string {
  const end = pair.indexOf('=');
  return (end === -1 ? pair : pair.slice(0, end)).trim();
}
