/** Where Clerk delivers; a slash at the end is accepted. */
export const webhookPaths = ['webhooks/clerk', 'api/webhooks/clerk', 'api/webhooks'];

const PATHS: ReadonlySet<string> = new Set(webhookPaths.map((path) => `/${path}`));

/** Whether the path of this URL is one where Clerk delivers. */
export function isWebhookPath(url: string): boolean {
  return PATHS.has((url.split('?', 1)[0] ?? '').replace(/\/$/, ''));
}
