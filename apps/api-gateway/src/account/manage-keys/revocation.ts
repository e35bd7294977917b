import { z } from 'zod';

/** Query parameters of a revocation. */
export const revocationSchema = z.strictObject({ predecessors: z.stringbool().default(false) });

/** Query parameters of a revocation. */
export type Revocation = z.output<typeof revocationSchema>;

/** OpenAPI description of a revocation. */
export const REVOCATION =
  'With `predecessors=true`, also revokes the keys that this key replaced by rotation. `stillValid` lists the older and newer keys of the same rotation line that stay valid.';

/**
 * Returns the request field `predecessors` if `predecessors` is true. Otherwise returns no field, because user-sync of
 * the previous release rejects unknown fields.
 */
export function predecessorsOf(predecessors: boolean): { readonly predecessors?: true } {
  return predecessors ? { predecessors } : {};
}
