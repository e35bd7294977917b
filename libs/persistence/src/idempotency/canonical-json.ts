/**
 * JSON in which equal values have equal texts: the members of objects are sorted by name. Members that are undefined
 * are left out, as in `JSON.stringify`. The value must not be nested deeper than a parsed request.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_name, part: unknown) => (isRecord(part) ? sorted(part) : part));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function sorted(record: Readonly<Record<string, unknown>>): object {
  // Without a prototype, so that a member named `__proto__` is kept. Member names that are whole numbers come first, in
  // every such object.
  const copy = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(record).sort()) copy[name] = record[name];
  return copy;
}
