/** Path of this app that makes sure that the signed-in user exists in Gatehouse, and then leads to `target`. */
export function syncPath(target: string): string {
  return `/api/clerk/syncUsers?${new URLSearchParams({ redirect_url: target })}`;
}

/** The path of a URL if it is a page of this app, else the dashboard: no link may lead people to another site. */
export function ownPath(url: string | null, origin: string): string {
  if (url === null || !URL.canParse(url, origin)) return '/dashboard';
  const { origin: named, pathname, search } = new URL(url, origin);
  // A path that begins with two slashes names another host: browsers read `//example.com` as a URL without its scheme.
  return named === origin && !pathname.startsWith('//') ? pathname + search : '/dashboard';
}
