import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeBase62 } from './base62';
import { ApiKeyRandomnessError, CredentialRefusedError } from './errors';
import { foreignCredential } from './foreign-credential';

/** Environments of API keys. A key contains the name of its environment, so that people see where the key belongs. */
export const apiKeyEnvironments = ['dev', 'stg', 'prod'] as const;

/** Environment of an API key. */
export type ApiKeyEnvironment = (typeof apiKeyEnvironments)[number];

/** Content of a well-formed key. Only user-sync knows whether the key was issued. */
export interface ParsedApiKey {
  readonly environment: ApiKeyEnvironment;
  /** Part of the key that may be shown: `sk_<environment>_` and the first six random characters. */
  readonly prefix: string;
}

/** Number of random bytes in a key. 32 bytes are 256 bits. */
export const API_KEY_RANDOM_BYTES = 32;

/** Number of base62 digits that hold 256 bits: 62^43 is the first power of 62 above 2^256. */
const RANDOM_LENGTH = 43;
/** Number of base62 digits that hold 32 bits: 62^6 is the first power of 62 above 2^32. */
const CHECKSUM_LENGTH = 6;
const PREFIX_LENGTH = 6;
const SHAPE = /^sk_(dev|stg|prod)_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/**
 * Creates a key from 32 random bytes: `sk_<environment>_<43 base62 digits>_<6 base62 digits>`. The last part is a
 * CRC-32 of the text before it. Show the key once and never store it.
 * @throws ApiKeyRandomnessError if `random` does not have 32 bytes
 */
export function mintApiKey(from: { readonly environment: ApiKeyEnvironment; readonly random: Uint8Array }): string {
  if (from.random.length !== API_KEY_RANDOM_BYTES) throw new ApiKeyRandomnessError(API_KEY_RANDOM_BYTES);
  const random = BigInt(`0x${Buffer.from(from.random).toString('hex')}`);
  const body = `sk_${from.environment}_${encodeBase62(random, RANDOM_LENGTH)}`;
  return `${body}_${checksum(body)}`;
}

/**
 * Parses a key and verifies its checksum, without a lookup or a secret. The checksum detects typing errors and random
 * guesses. It does not prove that the key was issued, because anybody can compute it.
 * @throws CredentialRefusedError `api_key_malformed`, `api_key_checksum_invalid`, or a code that `foreignCredential`
 *   returns
 */
export function parseApiKey(text: string): ParsedApiKey {
  const foreign = foreignCredential(text);
  if (foreign !== undefined) throw new CredentialRefusedError(foreign);
  const [, environment, random, tail] = SHAPE.exec(text) ?? [];
  if (environment === undefined || random === undefined) throw new CredentialRefusedError('api_key_malformed');
  if (checksum(`sk_${environment}_${random}`) !== tail) throw new CredentialRefusedError('api_key_checksum_invalid');
  return { environment: environment as ApiKeyEnvironment, prefix: apiKeyPrefix(text) };
}

/** SHA-256 of a key in hex, for storage and lookup. Keys have 256 random bits, so a salt or a slow hash adds nothing. */
export function apiKeyHash(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Returns the part of a well-formed key that may be shown. It reveals about 36 of the 256 random bits. */
export function apiKeyPrefix(text: string): string {
  return text.slice(0, text.indexOf('_', 3) + 1 + PREFIX_LENGTH);
}

function checksum(body: string): string {
  return encodeBase62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}
