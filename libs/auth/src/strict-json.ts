import { CredentialRefusedError } from './errors';

const MAX_DEPTH = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A JSON object whose meaning no two parsers differ on. */
export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * Parses a JSON object strictly: valid UTF-8, no member twice at any depth, finite numbers, at most 32 levels.
 * JSON.parse alone takes the last of two members and reads `1e400` as Infinity. Throws CredentialRefusedError.
 */
export function parseStrictObject(bytes: Uint8Array): JsonObject {
  let text: string;
  let value: unknown;
  try {
    text = utf8.decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new CredentialRefusedError('token_malformed');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new CredentialRefusedError('token_malformed');
  }
  checkValue(value, 1);
  // Text that comes out as it went in names no member twice: of two, the parser has kept one. Most tokens end here.
  if (JSON.stringify(value) !== text) checkMembers(text);
  return value as JsonObject;
}

function checkValue(value: unknown, level: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new CredentialRefusedError('token_number_invalid');
  if (typeof value !== 'object' || value === null) return;
  if (level > MAX_DEPTH) throw new CredentialRefusedError('token_malformed');
  for (const part of Object.values(value)) checkValue(part, level + 1);
}

/** Walks over text that is known to be JSON of few levels; `null` stands for an array, which has no members. */
function checkMembers(text: string): void {
  const open: (Set<string> | null)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push(character === '{' ? new Set() : null);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const members = open.at(-1);
      if (members && isName(text, end)) addName(members, text.slice(at, end));
      at = end - 1;
    }
  }
}

function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}

function isName(text: string, from: number): boolean {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t' || text[at] === '\n' || text[at] === '\r') at++;
  return text[at] === ':';
}

function addName(members: Set<string>, quoted: string): void {
  const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (members.has(name)) throw new CredentialRefusedError('token_duplicate_claim');
  members.add(name);
}
