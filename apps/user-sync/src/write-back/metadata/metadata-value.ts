import { createHash } from 'node:crypto';
import { type HeldValues } from '../../clerk-user/company-metadata';

/** Maximum bytes of a value that are stored for admins. Few, because metadata may be personal and up to 8 KB long. */
const MAX_SHOWN_BYTES = 256;

/** SHA-256 (hex) of a JSON value. Does not depend on the order of an object's members. */
export function digestOf(value: unknown): string {
  const hash = createHash('sha256');
  // Uses an explicit stack: 8 KB of metadata can be nested too deeply for recursion.
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (Array.isArray(next)) {
      hash.update(`[${next.length}:`);
      for (let index = next.length - 1; index >= 0; index -= 1) rest.push(next[index]);
    } else if (typeof next === 'object' && next !== null) {
      const members = Object.entries(next).sort(([a], [b]) => (a < b ? 1 : -1));
      hash.update(`{${members.length}:`);
      for (const [name, member] of members) rest.push(member, name);
    } else {
      hash.update(`${JSON.stringify(next ?? null)},`);
    }
  }
  return hash.digest('hex');
}

/** SHA-256 (hex) of the values at Gatehouse's keys. Does not depend on the order of the keys. */
export function fingerprintOf(held: HeldValues): string {
  return digestOf(Object.fromEntries(held));
}

/** JSON text of a value for admins; a text longer than 256 bytes is cut and ends in `…`. */
export function shownJson(value: unknown): string {
  const text = jsonOf(value);
  const bytes = Buffer.from(text);
  if (bytes.length <= MAX_SHOWN_BYTES) return text;
  const room = MAX_SHOWN_BYTES - Buffer.byteLength('…');
  // If the cut falls inside a character, its remaining bytes decode to U+FFFD, which is removed.
  return `${bytes
    .subarray(0, room)
    .toString()
    .replace(/\uFFFD+$/, '')}…`;
}

function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'null';
  } catch (error) {
    if (error instanceof RangeError) return '(nested too deeply)';
    throw error;
  }
}
