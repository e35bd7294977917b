import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { encodeBase62 } from './base62';
import { ApiKeyRandomnessError, CredentialRefusedError } from './errors';
import { foreignCredential } from './foreign-credential';

/** Where a key is meant to be used; part of the key, so that a person sees it. */
export const apiKeyEnvironments = ['dev', 'stg', 'prod'] as const;

/** Where a key is meant to be used. */
export type ApiKeyEnvironment = (typeof apiKeyEnvironments)[number];

/** What the text of a well-formed key says; whether such a key was ever issued is another matter. */
export interface ParsedApiKey {
  readonly environment: ApiKeyEnvironment;
  /** What may be shown of it: `sk_<environment>_` and six characters. */
  readonly prefix: string;
}

/** How many random bytes a key is made of: 256 bits. */
export const API_KEY_RANDOM_BYTES = 32;

/** 62^43 is the first power above 2^256. */
const RANDOM_LENGTH = 43;
/** 62^6 is the first power above 2^32. */
const CHECKSUM_LENGTH = 6;
const PREFIX_LENGTH = 6;
const SHAPE = /^sk_(dev|stg|prod)_([0-9A-Za-z]{43})_([0-9A-Za-z]{6})$/;

/**
 * Makes a key of 32 random bytes: `sk_<environment>_<43 of base62>_<6 of base62>`, the last part a CRC-32 of what
 * stands before it. The text is to be shown once and never stored. Throws ApiKeyRandomnessError for another number of
 * bytes.
 */
export function mintApiKey(from: { readonly environment: ApiKeyEnvironment; readonly random: Uint8Array }): string {
  if (from.random.length !== API_KEY_RANDOM_BYTES) throw new ApiKeyRandomnessError(API_KEY_RANDOM_BYTES);
  const random = BigInt(`0x${Buffer.from(from.random).toString('hex')}`);
  const body = `sk_${from.environment}_${encodeBase62(random, RANDOM_LENGTH)}`;
  return `${body}_${checksum(body)}`;
}

/**
 * Reads a key and verifies its checksum, which needs no lookup and no secret: it tells typing errors and guesses, not
 * forgeries. Throws CredentialRefusedError: `api_key_malformed`, `api_key_checksum_invalid`, or the code of another
 * system's credential.
 */
export function parseApiKey(text: string): ParsedApiKey {
  const foreign = foreignCredential(text);
  if (foreign !== undefined) throw new CredentialRefusedError(foreign);
  const [, environment, random, tail] = SHAPE.exec(text) ?? [];
  if (environment === undefined || random === undefined) throw new CredentialRefusedError('api_key_malformed');
  if (checksum(`sk_${environment}_${random}`) !== tail) throw new CredentialRefusedError('api_key_checksum_invalid');
  return { environment: environment as ApiKeyEnvironment, prefix: apiKeyPrefix(text) };
}

/** SHA-256 of a key in hex: what is stored and looked up. Keys hold 256 random bits, so it needs neither salt nor work. */
export function apiKeyHash(text: string): string {
  return hash('sha256', text, 'hex');
}

/** What may be shown of a well-formed key: 36 of its 256 bits. */
export function apiKeyPrefix(text: string): string {
  return text.slice(0, text.indexOf('_', 3) + 1 + PREFIX_LENGTH);
}

function checksum(body: string): string {
  return encodeBase62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}
