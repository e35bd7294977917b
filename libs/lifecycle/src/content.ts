import { type ClerkOwned, clerkOwnedColumns } from './clerk-owned-columns';

/** Columns by field, in the order of the hash, each with the first content version whose hash covers it. */
export type ContentColumns = Readonly<Record<string, { readonly since: number }>>;

/** Number at the start of each stored content hash: the highest `since` of the Clerk-owned columns. */
export const contentVersion = newestVersion(clerkOwnedColumns);

/** Returns the text from which the content hash is computed. The order of the fields in `values` does not matter. */
export function canonicalContent(values: ClerkOwned): string {
  return textOf(fieldsUpTo(contentVersion, clerkOwnedColumns), values);
}

/**
 * Returns the texts that content version `version` may have hashed for `values`; none if this release does not know the
 * version. There is one text, except for version 1.
 *
 * Version 1 also hashed a last field, `locked`, which version 2 dropped and `values` lack. So version 1 has two texts:
 * with `locked` false, and with `locked` true. If a stored hash fits one of them, the row equals `values` in all
 * columns of version 1.
 */
export function contentsOfVersion(
  version: number,
  values: Readonly<Record<string, unknown>>,
  columns: ContentColumns = clerkOwnedColumns,
): readonly string[] {
  if (!(version <= newestVersion(columns))) return [];
  const fields = fieldsUpTo(version, columns);
  if (version > 1) return [textOf(fields, values)];
  return [false, true].map((locked) => textOf([...fields, 'locked'], { ...values, locked }));
}

/** Fields that the hashes of content version `version` do not cover. */
export function fieldsAfterVersion(version: number, columns: ContentColumns = clerkOwnedColumns): readonly string[] {
  return Object.entries(columns).flatMap(([field, { since }]) => (since > version ? [field] : []));
}

function fieldsUpTo(version: number, columns: ContentColumns): readonly string[] {
  return Object.entries(columns).flatMap(([field, { since }]) => (since > version ? [] : [field]));
}

function newestVersion(columns: ContentColumns): number {
  return Math.max(...Object.values(columns).map(({ since }) => since));
}

function textOf(fields: readonly string[], values: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(fields.map((field) => values[field]));
}
