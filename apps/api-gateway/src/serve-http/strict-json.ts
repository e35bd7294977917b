import { JsonInvalidError } from '../errors';

const MAX_DEPTH = 32;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Parses JSON strictly: valid UTF-8, no member twice at any depth, finite numbers, at most 32 levels. JSON.parse alone
 * takes the last of two members and reads `1e400` as Infinity.
 * @throws JsonInvalidError
 */
export function parseStrictJson(bytes: Uint8Array): unknown {
  const text = decode(bytes);
  const value = parse(text);
  checkValue(value, 1);
  // Text that comes out as it went in names no member twice: of two, the parser has kept one. Most texts end here.
  if (JSON.stringify(value) !== text) checkMembers(text);
  return value;
}

function decode(bytes: Uint8Array): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new JsonInvalidError('encoding');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new JsonInvalidError('syntax');
  }
}

function checkValue(value: unknown, level: number): void {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new JsonInvalidError('number');
  if (typeof value !== 'object' || value === null) return;
  if (level > MAX_DEPTH) throw new JsonInvalidError('depth');
  for (const part of Object.values(value)) checkValue(part, level + 1);
}

/** An object or array that is open at some place of a text; of an array, `members` is null. */
interface Open {
  readonly members: Set<string> | null;
  /** The member that is being read. */
  name?: string;
}

/** Walks over text that is known to be JSON of few levels. */
function checkMembers(text: string): void {
  const open: Open[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === '{' || character === '[') {
      open.push({ members: character === '{' ? new Set() : null });
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const end = endOfString(text, at);
      const members = open.at(-1)?.members;
      if (members && isName(text, end)) addName(open, members, text.slice(at, end));
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

function addName(open: Open[], members: Set<string>, quoted: string): void {
  const name = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  const innermost = open.at(-1);
  if (innermost !== undefined) innermost.name = name;
  if (members.has(name)) {
    throw new JsonInvalidError('repeated_member', open.flatMap((outer) => outer.name ?? []).join('.'));
  }
  members.add(name);
}
