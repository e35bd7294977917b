import { type ClerkAnswer } from '../errors';

/**
 * Headers of a request to Clerk's Backend API. `clerk-api-version` pins the shapes of the answers; `@clerk/backend`
 * sends the same value.
 * @see https://clerk.com/docs/guides/development/upgrading/versioning
 */
export function backendApiHeaders(secretKey: string): Readonly<Record<string, string>> {
  return { authorization: `Bearer ${secretKey}`, accept: 'application/json', 'clerk-api-version': '2026-05-12' };
}

/** The wait that `Retry-After` asks for; an empty object without the header. */
export function retryAfterOf({ headers }: Response): Pick<ClerkAnswer, 'retryAfterMs'> {
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) ? { retryAfterMs: seconds * 1_000 } : {};
}
