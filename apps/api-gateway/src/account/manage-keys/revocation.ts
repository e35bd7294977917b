import { z } from 'zod';

/** Query parameters of a revocation. */
export const revocationSchema = z.strictObject({ predecessors: z.stringbool().default(false) });

/** Query parameters of a revocation. */
export type Revocation = z.output<typeof revocationSchema>;

/** OpenAPI description of a revocation. */
export const REVOCATION =
  'With `predecessors=true`, also revokes the keys that this key replaced by rotation. `stillValid` lists the older and newer keys of the same rotation line that stay valid.';

/**
 * Returns the field `predecessors` of the request to user-sync, which asks to revoke also the keys that the revoked key
 * replaced by rotation. If `predecessors` is false, returns no field at all: user-sync of the previous release rejects
 * fields that it does not know.
 */
export function predecessorsOf(predecessors: boolean): { readonly predecessors?: true } {
  return predecessors ? { predecessors } : {};
}
