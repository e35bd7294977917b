import { z } from 'zod';

/** Query parameters of a revocation. */
export const revocationSchema = z.strictObject({
  predecessors: z.stringbool().default(false).describe('`true`: also the keys that this key replaced.'),
});

/** Query parameters of a revocation. */
export type Revocation = z.output<typeof revocationSchema>;

/** OpenAPI description of a revocation. */
export const REVOCATION =
  'With `predecessors=true`, also revokes the keys that this key replaced by rotation. `stillValid` lists the older and newer keys of the same rotation line that stay valid.';

/**
 * Returns the field `predecessors` of a request to user-sync that revokes or rotates a key: `true`, or no field. With
 * `true`, user-sync also revokes the keys that this key replaced by rotation.
 *
 * user-sync of the previous release cannot revoke the replaced keys, and rejects every request with this field. So
 * false becomes no field, and the previous release accepts the request.
 */
export function predecessorsOf(predecessors: boolean): { readonly predecessors?: true } {
  return predecessors ? { predecessors } : {};
}
