/** Where Clerk delivers. */
export const webhookPaths = ['webhooks/clerk', 'api/webhooks/clerk'];
