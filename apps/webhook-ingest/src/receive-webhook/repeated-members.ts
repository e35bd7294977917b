const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

/**
 * Whether JSON names a member of an object twice. `JSON.parse` keeps the last one alone, so that the bytes hold more than
 * the parsed value.
 */
export function repeatsMembers(json: string, parsed: unknown): boolean {
  return countColons(json) !== countMembers(parsed);
}

/** Colons outside of texts: one for each member. */
function countColons(json: string): number {
  let count = 0;
  let inText = false;
  for (let index = 0; index < json.length; index += 1) {
    const unit = json.charCodeAt(index);
    if (unit === QUOTE) inText = !inText;
    else if (inText && unit === BACKSLASH) index += 1;
    else if (!inText && unit === COLON) count += 1;
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
