/** What every resource has. */
export interface Versioned {
  readonly id: string;
  readonly version: number;
  readonly createdAt: string;
}

/** A resource as the gateway has it from some version on; `data` is null once it is deleted. */
export interface Change<Entry> {
  readonly id: string;
  readonly version: number;
  readonly data: Entry | null;
}

/** Applies a change to a list, newest entries first, unless the list has a newer version. */
export function applyChange<Entry extends Versioned>(
  entries: readonly Entry[],
  { id, version, data }: Change<Entry>,
): readonly Entry[] {
  const known = entries.find((entry) => entry.id === id);
  if (known !== undefined && (known.version > version || (known.version === version && data !== null))) return entries;
  if (data === null) return known === undefined ? entries : entries.filter((entry) => entry !== known);
  if (known !== undefined) return entries.map((entry) => (entry === known ? data : entry));
  const at = entries.findIndex((entry) => isNewer(data, entry));
  return at < 0 ? [...entries, data] : entries.toSpliced(at, 0, data);
}

function isNewer(a: Versioned, b: Versioned): boolean {
  return a.createdAt === b.createdAt ? a.id > b.id : a.createdAt > b.createdAt;
}
