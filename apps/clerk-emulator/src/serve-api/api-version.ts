import { type FastifyRequest } from 'fastify';
import { ApiVersionInvalidError } from '../errors';

/** Versions of the Backend API that Clerk has published. @see https://github.com/clerk/openapi-specs (bapi) */
export const publishedVersions: readonly string[] = [
  '2021-02-05',
  '2024-10-01',
  '2025-03-12',
  '2025-04-10',
  '2025-11-10',
  '2025-12-03',
  '2026-05-12',
];

const PARAMETER = '__clerk_api_version';

/**
 * Checks the version that a request pins by header or query parameter, and removes the parameter from the query. Like
 * Clerk, rejects a request that uses both and accepts one that pins none. All versions get the same response shapes.
 * @throws ApiVersionInvalidError
 */
export function checkApiVersion(request: FastifyRequest): void {
  const query = (request.query ?? {}) as Record<string, unknown>;
  const header = request.headers['clerk-api-version'];
  const parameter = query[PARAMETER];
  delete query[PARAMETER];
  if (header !== undefined && parameter !== undefined) {
    throw new ApiVersionInvalidError(`Use either the Clerk-API-Version header or ${PARAMETER}, not both.`);
  }
  const version = header ?? parameter;
  if (version === undefined) return;
  if (typeof version === 'string' && publishedVersions.includes(version)) return;
  throw new ApiVersionInvalidError(`The API version must be one of ${publishedVersions.join(', ')}.`);
}
