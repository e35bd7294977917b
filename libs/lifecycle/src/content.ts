import { type ClerkOwned, clerkOwnedColumns, clerkOwnedFields } from './clerk-owned';

/** Version of the content. Raise it when `clerkOwnedColumns` changes. Every content hash carries it. */
export const contentVersion = 2;

/** Text that the content hash is computed from. Does not depend on the order of the fields in `columns`. */
export function canonicalContent(columns: ClerkOwned): string {
  return JSON.stringify(clerkOwnedFields.map((field) => columns[field]));
}

/**
 * Texts that version 1 of the content had for these columns. Version 1 ended in `locked`, which is no longer content: a
 * row holds the same content when its hash is of either text.
 */
export function version1Contents(columns: ClerkOwned): readonly string[] {
  const values = clerkOwnedFields.flatMap((field) => (clerkOwnedColumns[field].since > 1 ? [] : [columns[field]]));
  return [false, true].map((locked) => JSON.stringify([...values, locked]));
}
