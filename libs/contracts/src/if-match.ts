import { z } from 'zod';

/** Maximum number of versions in one condition. */
export const maxExpectedVersions = 100;

/** Largest version of a row: the largest `integer` of PostgreSQL. */
export const maxVersion = 2_147_483_647;

/**
 * Versions that the caller expects a resource to have: the header `If-Match`. `*` expects any version. An empty list
 * matches no version: the header had only tags that are no version of ours.
 */
export const ifMatchSchema = z.union([
  z.literal('*'),
  z.array(z.int().positive().max(maxVersion)).max(maxExpectedVersions),
]);

/** Versions that the caller expects a resource to have. */
export type IfMatch = z.output<typeof ifMatchSchema>;

/** Fields of requests that change a resource only while it has an expected version. Without `ifMatch`, any version. */
export const conditional = { ifMatch: ifMatchSchema.optional() };

/** Whether a resource of this version fulfils the condition. No condition is always fulfilled. */
export function matchesVersion(version: number, ifMatch: IfMatch | undefined): boolean {
  return ifMatch === undefined || ifMatch === '*' || ifMatch.includes(version);
}
