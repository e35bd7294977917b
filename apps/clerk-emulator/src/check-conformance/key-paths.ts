/**
 * Sorted paths of all keys, such as `a.b[].c`. Leaves out the keys inside metadata, because each customer chooses those
 * freely.
 */
export function keyPaths(value: unknown, prefix = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => keyPaths(item, `${prefix}[]`)))].sort();
  if (typeof value !== 'object' || value === null || prefix.endsWith('metadata')) return [];
  return Object.entries(value)
    .flatMap(([key, child]) => {
      const path = prefix === '' ? key : `${prefix}.${key}`;
      return [path, ...keyPaths(child, path)];
    })
    .sort();
}
