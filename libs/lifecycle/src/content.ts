import { type ClerkOwned, clerkOwnedColumns, clerkOwnedFields } from './clerk-owned-columns';

/** Number at the start of each stored content hash. Raise it when `clerkOwnedColumns` changes. */
export const contentVersion = 2;

/** Returns the text from which the content hash is computed. The order of the fields in `columns` does not matter. */
export function canonicalContent(columns: ClerkOwned): string {
  return JSON.stringify(clerkOwnedFields.map((field) => columns[field]));
}

/**
 * Returns the two texts that content version 1 may have hashed for `columns`. They differ only in their last field,
 * `locked` (`false` or `true`), which later versions do not hash. A row that has the hash of one of these texts holds
 * the content in `columns`.
 */
export function version1Contents(columns: ClerkOwned): readonly string[] {
  const values = clerkOwnedFields.flatMap((field) => (clerkOwnedColumns[field].since > 1 ? [] : [columns[field]]));
  return [false, true].map((locked) => JSON.stringify([...values, locked]));
}
