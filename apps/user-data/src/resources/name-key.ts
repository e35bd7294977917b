/** Longest sort key of a name; code points. Names that agree so far are sorted by id. */
const MAX_LENGTH = 100;

/**
 * Sort key of a name: lower case, without accents. Sorted byte by byte (collation "C"), names come in an order that
 * people expect, which no upgrade of the operating system changes.
 */
export function nameKey(name: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return [...plain].slice(0, MAX_LENGTH).join('');
}
