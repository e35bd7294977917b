import { type CredentialFault, CredentialRefusedError } from './errors';
import { type Bounds, type JsonFault, countNames, maxDepth, parseStrictJson } from './strict-json';

/**
 * Limits for the JSON in a token. `structure` counts commas, colons and opening brackets; session tokens have fewer
 * than 512. Without this limit, parsing 8 KiB of `[],[],…` would take longer than verifying a signature.
 */
const BOUNDS: Bounds = { depth: maxDepth, structure: 512 };
const [SPACE, OPEN_OBJECT] = [0x20, 0x7b];

const codes: Readonly<Record<JsonFault, CredentialFault>> = {
  encoding: 'token_malformed',
  syntax: 'token_malformed',
  depth: 'token_malformed',
  number: 'token_number_invalid',
  repeated_member: 'token_duplicate_claim',
};

/** An object parsed from strict JSON. Every JSON parser reads strict JSON in the same way. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a JSON object of a token as `parseStrictJson` does. The object may have at most 512 commas, colons and opening
 * brackets.
 * @throws CredentialRefusedError
 */
export function parseStrictObject(bytes: Uint8Array): JsonObject {
  const names = countNames(bytes, BOUNDS);
  if (names === undefined || !isObject(bytes)) throw new CredentialRefusedError('token_malformed');
  return parseStrictJson(bytes, (fault) => new CredentialRefusedError(codes[fault]), names) as JsonObject;
}

/** Whether the text begins with `{`, ignoring white space. */
function isObject(bytes: Uint8Array): boolean {
  let at = 0;
  while ((bytes[at] ?? OPEN_OBJECT) <= SPACE) at++;
  return bytes[at] === OPEN_OBJECT;
}
