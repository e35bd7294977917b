/** Paths to which Clerk may deliver, with or without a slash at the end. */
const PATHS: ReadonlySet<string> = new Set(['/webhooks/clerk', '/api/webhooks/clerk', '/api/webhooks']);

/** The path of this URL, without a slash at the end, if Clerk may deliver to it; else undefined. */
export function webhookPath(url: string): string | undefined {
  const path = (url.split('?', 1)[0] ?? '').replace(/\/$/, '');
  return PATHS.has(path) ? path : undefined;
}
