import { CredentialRefusedError } from './errors';

const MAX_DEPTH = 32;
/** Far more than any session token has; parsing 8 KiB of `[],[],…` would cost more than checking a signature. */
const MAX_STRUCTURE = 512;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const [QUOTE, COMMA, COLON, BACKSLASH] = [0x22, 0x2c, 0x3a, 0x5c];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];

/** A JSON object whose meaning no two parsers differ on. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a JSON object strictly: valid UTF-8, no member twice at any depth, finite numbers, at most 32 levels and 512
 * commas, colons and brackets. JSON.parse alone takes the last of two members and reads `1e400` as Infinity.
 * @throws CredentialRefusedError
 */
export function parseStrictObject(bytes: Uint8Array): JsonObject {
  const written = countNames(bytes);
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    throw new CredentialRefusedError('token_malformed');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CredentialRefusedError('token_malformed');
  }
  // Of two equal names the parser keeps one.
  if (countMembers(value) !== written) throw new CredentialRefusedError('token_duplicate_claim');
  return value as JsonObject;
}

/** Counts the member names of a JSON text (each is followed by the only kind of colon outside strings), within bounds. */
function countNames(bytes: Uint8Array): number {
  let [depth, structure, names] = [0, 0, 0];
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === QUOTE) {
      at = endOfString(bytes, at);
    } else if (byte === CLOSE_LIST || byte === CLOSE_OBJECT) {
      depth--;
    } else if (byte === COMMA) {
      structure++;
    } else if (byte === COLON) {
      structure++;
      names++;
    } else if (byte === OPEN_LIST || byte === OPEN_OBJECT) {
      structure++;
      depth++;
    }
    if (depth > MAX_DEPTH || structure > MAX_STRUCTURE) throw new CredentialRefusedError('token_malformed');
  }
  return names;
}

/** The index of the closing quote; the length of the text when there is none. */
function endOfString(bytes: Uint8Array, start: number): number {
  let at = start + 1;
  while (at < bytes.length && bytes[at] !== QUOTE) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at;
}

/** Counts the members of a parsed value at every depth. Throws CredentialRefusedError for a number that is not finite. */
function countMembers(value: unknown): number {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new CredentialRefusedError('token_number_invalid');
  if (typeof value !== 'object' || value === null) return 0;
  if (Array.isArray(value)) return value.reduce<number>((sum, part) => sum + countMembers(part), 0);
  let members = 0;
  // Parsed objects inherit nothing that is enumerable. This is several times faster than Object.values.
  for (const name in value) members += 1 + countMembers((value as JsonObject)[name]);
  return members;
}
