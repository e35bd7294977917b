import { type KeyObject } from 'node:crypto';
import { z } from 'zod';
import { KeyInvalidError, KeySetInvalidError } from './errors';
import { rsaKeyFromJwk } from './rsa-key';

const MAX_KEYS = 32;

const keySetSchema = z.object({ keys: z.array(z.unknown()) });

const signingKeySchema = z.object({
  kty: z.literal('RSA'),
  kid: z.string().min(1).max(256),
  n: z.string().max(2048),
  e: z.string().max(16),
  use: z.literal('sig').optional(),
  alg: z.literal('RS256').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
});

/** Keys of a JWK set for RS256 signatures, by key id. */
export interface KeySet {
  readonly keys: ReadonlyMap<string, KeyObject>;
  /** Equal for two key sets with the same keys. */
  readonly fingerprint: string;
}

/**
 * Reads the first 32 entries of a JWK set. Skips entries that are not for RS256 signatures, and weak keys.
 * @throws KeySetInvalidError when no usable key is left, so that a faulty source does not replace the cached keys
 * @see https://www.rfc-editor.org/rfc/rfc7517
 */
export function readKeySet(json: unknown): KeySet {
  const parsed = keySetSchema.safeParse(json);
  if (!parsed.success) throw new KeySetInvalidError('is not a JWK set');
  const keys = new Map<string, KeyObject>();
  const marks: string[] = [];
  for (const entry of parsed.data.keys.slice(0, MAX_KEYS)) {
    const jwk = signingKeySchema.safeParse(entry);
    if (!jwk.success || keys.has(jwk.data.kid)) continue;
    const key = usable(jwk.data);
    if (key === undefined) continue;
    keys.set(jwk.data.kid, key);
    marks.push(JSON.stringify([jwk.data.kid, jwk.data.n, jwk.data.e]));
  }
  if (keys.size === 0) throw new KeySetInvalidError('has no usable key');
  return { keys, fingerprint: marks.sort().join() };
}

function usable(jwk: { readonly n: string; readonly e: string }): KeyObject | undefined {
  try {
    return rsaKeyFromJwk(jwk);
  } catch (error) {
    if (error instanceof KeyInvalidError) return undefined;
    throw error;
  }
}
