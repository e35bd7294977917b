/**
 * Header that pins the shapes of Clerk's Backend API on every request of ours; the SDK sends the same version by itself.
 * @see https://clerk.com/docs/guides/development/upgrading/versioning
 */
export const apiVersionHeader = { 'clerk-api-version': '2026-05-12' } as const;
