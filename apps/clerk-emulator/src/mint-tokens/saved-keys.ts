import { createPrivateKey } from 'node:crypto';
import { z } from 'zod';

const privateKey = z.string().refine(isPrivateKey, 'is not a private key');

/** Fields of the state file that hold the signing keys. */
export const savedKeys = z.object({
  /** The active key. */
  private_key: privateKey,
  /** Every key, oldest first. Missing in files of older emulators, which could not rotate keys. */
  keys: z
    .array(
      z.object({
        kid: z.string(),
        private_key: privateKey,
        created_at: z.number(),
        retired_at: z.number().nullable(),
      }),
    )
    .default([]),
});

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    return false;
  }
}
