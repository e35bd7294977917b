import { createHash } from 'node:crypto';
import {
  type ClerkOwned,
  type ClerkOwnedField,
  type ContentColumns,
  type FieldSinceVersion1,
  canonicalContent,
  clerkOwnedColumns,
  contentVersion,
  contentsOfVersion,
  fieldsAfterVersion,
} from '@gatehouse/lifecycle';

/**
 * Stored content of a user: the content hash, and the values of the columns that were added since content version 1.
 * The content version is the number before the colon of a hash. It rises when a column is added to `clerkOwnedColumns`.
 * So a hash of an earlier version does not cover the columns that were added later.
 */
export interface StoredContent extends Pick<ClerkOwned, FieldSinceVersion1> {
  /** Null when the next observation must be written without a comparison. */
  readonly contentHash: string | null;
}

/** Hash of the Clerk-owned columns: content version, colon, SHA-256 in hex. */
export function contentHashOf(columns: ClerkOwned): string {
  return `${contentVersion}:${sha256(canonicalContent(columns))}`;
}

/**
 * Whether the row `stored` holds exactly the values of `seen.columns`. A hash of an earlier content version covers only
 * the columns of that version. These columns are compared by the hash, and later columns by value. So an unchanged row
 * needs no write when the content version rises. A hash of a later version, which a newer release wrote, counts as
 * different.
 *
 * @param owned Clerk-owned columns; only tests pass others, to try a later content version
 */
export function holdsContent(
  stored: StoredContent,
  seen: { readonly columns: ClerkOwned; readonly contentHash: string },
  owned: ContentColumns = clerkOwnedColumns,
): boolean {
  if (stored.contentHash === null) return false;
  if (stored.contentHash === seen.contentHash) return true;
  const { version, digest } = parse(stored.contentHash);
  const kept: Readonly<Record<string, unknown>> = { ...stored };
  const shown: Readonly<Record<string, unknown>> = seen.columns;
  if (fieldsAfterVersion(version, owned).some((field) => kept[field] !== shown[field])) return false;
  return contentsOfVersion(version, shown, owned).some((text) => sha256(text) === digest);
}

/**
 * Reads Clerk-owned columns from a row of a query result. NULL, as in the result of an outer join without a user,
 * becomes null for a text and false for a boolean.
 */
export function clerkOwnedValues<Field extends ClerkOwnedField>(
  fields: readonly Field[],
  row: Readonly<Record<(typeof clerkOwnedColumns)[Field]['column'], string | boolean | null>>,
): Pick<ClerkOwned, Field> {
  const cells: Readonly<Record<string, unknown>> = { ...row };
  const values = fields.map((field) => {
    const { column, type } = clerkOwnedColumns[field];
    return [field, cells[column] ?? (type === 'boolean' ? false : null)] as const;
  });
  return Object.fromEntries(values) as Pick<ClerkOwned, Field>;
}

/** Hashes of content version 1 have no prefix. */
function parse(hash: string): { readonly version: number; readonly digest: string } {
  const colon = hash.indexOf(':');
  return colon < 0
    ? { version: 1, digest: hash }
    : { version: Number(hash.slice(0, colon)), digest: hash.slice(colon + 1) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
