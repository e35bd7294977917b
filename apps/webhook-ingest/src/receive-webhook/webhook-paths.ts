/** Paths to which Clerk may deliver, with or without a slash at the end. */
export const webhookPaths = ['webhooks/clerk', 'api/webhooks/clerk', 'api/webhooks'];

const PATHS: ReadonlySet<string> = new Set(webhookPaths.map((path) => `/${path}`));

/** Whether the path of this URL is one of `webhookPaths`. */
export function isWebhookPath(url: string): boolean {
  return PATHS.has((url.split('?', 1)[0] ?? '').replace(/\/$/, ''));
}
