import { type ClerkOwned, clerkOwnedColumns, clerkOwnedFields } from './clerk-owned-columns';

/** Version of the content, which every content hash names. Raise the version when `clerkOwnedColumns` changes. */
export const contentVersion = 2;

/** Text that the content hash is computed from. Does not depend on the order of the fields in `columns`. */
export function canonicalContent(columns: ClerkOwned): string {
  return JSON.stringify(clerkOwnedFields.map((field) => columns[field]));
}

/**
 * The two texts that version 1 of the content may have had for these columns: version 1 ended in `locked` (false or
 * true), which is no longer content. A row with the hash of either text holds the same content.
 */
export function version1Contents(columns: ClerkOwned): readonly string[] {
  const values = clerkOwnedFields.flatMap((field) => (clerkOwnedColumns[field].since > 1 ? [] : [columns[field]]));
  return [false, true].map((locked) => JSON.stringify([...values, locked]));
}
