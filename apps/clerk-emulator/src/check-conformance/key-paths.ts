/** The paths of all keys, `a.b[].c`, sorted; what is inside metadata is the user's own and does not count. */
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
