const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Whether an object in the JSON text has two members of the same name. `JSON.parse` keeps only the last of them. A
 * secret in an earlier member would not be found in the parsed value, and would be stored with the sent bytes.
 */
export function repeatsMembers(json: string, parsed: unknown): boolean {
  return countColons(json) !== countMembers(parsed);
}

/** Colons outside of strings: one for each member. */
function countColons(json: string): number {
  let count = 0;
  let inString = false;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit === QUOTE) inString = !inString;
    else if (inString && unit === BACKSLASH) index += 1;
    else if (!inString && unit === COLON) count += 1;
  }
  return count;
}

function countMembers(parsed: unknown): number {
  let count = 0;
  const open: unknown[] = [parsed];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (typeof value !== 'object' || value === null) continue;
    const inner = Object.values(value);
    if (!Array.isArray(value)) count += inner.length;
    for (const one of inner) if (typeof one === 'object' && one !== null) open.push(one);
  }
  return count;
}
