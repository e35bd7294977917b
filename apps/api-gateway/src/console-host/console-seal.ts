import { createCipheriv, createDecipheriv, createPrivateKey, hkdfSync, randomBytes } from 'node:crypto';
import { uuidSchema } from '@gatehouse/contracts';
import { z } from 'zod';

const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Longer than any sealed text. */
const MAX_LENGTH = 512;

/** `code`: of a link, redeemed once. `session`: of a cookie. One cannot stand in for the other. */
type SealPurpose = 'code' | 'session';

const contentSchema = z.object({
  id: uuidSchema,
  keyHash: z.string().regex(/^[0-9a-f]{64}$/),
  expiresAt: z.number().int(),
});

/** What a code or a session is about. */
export interface SealedContent {
  /** Unique. */
  readonly id: string;
  /** SHA-256 of the API key whose rights it has, in hex. */
  readonly keyHash: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Seals codes and sessions of the console, so that every gateway can open them and nobody else can read or make one.
 *
 * The key is derived from the private key that signs the envelopes: all gateways have it, and whoever has it can act as
 * any user anyway. A new private key ends all sessions of the console.
 */
export class ConsoleSeal {
  private constructor(private readonly key: Buffer) {}

  /** @param privateKey in PEM */
  static of(privateKey: string): ConsoleSeal {
    const secret = createPrivateKey(privateKey).export({ type: 'pkcs8', format: 'der' });
    return new ConsoleSeal(Buffer.from(hkdfSync('sha256', secret, '', 'gatehouse console', 32)));
  }

  seal(purpose: SealPurpose, content: SealedContent): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, this.key, iv).setAAD(Buffer.from(purpose));
    const text = Buffer.concat([cipher.update(JSON.stringify(content)), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), text]).toString('base64url');
  }

  /** Returns the content; undefined if the text was not sealed by us for this purpose, or if it has expired at `now`. */
  open(purpose: SealPurpose, sealed: string, now: number): SealedContent | undefined {
    if (sealed.length > MAX_LENGTH || !/^[\w-]+$/.test(sealed)) return undefined;
    const bytes = Buffer.from(sealed, 'base64url');
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    const decipher = createDecipheriv(CIPHER, this.key, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(purpose)).setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      const content = contentSchema.parse(JSON.parse(text.toString()));
      return content.expiresAt > now ? content : undefined;
    } catch {
      return undefined;
    }
  }
}
