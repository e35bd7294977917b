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
 * Stored content of a user: the content hash, and the columns added since content version 1. A hash of an earlier
 * version does not cover all of these columns.
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
 * Whether the row `stored` holds exactly the values of `seen.columns`. A hash of an earlier content version is compared
 * by the columns of that version, so that an unchanged row needs no write. Columns that it does not cover are compared
 * by value. A hash of an unknown version, which a newer release wrote, counts as different.
 *
 * @param owned Clerk-owned columns; the default is those of this release
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

/** Reads Clerk-owned columns from a row. For a user without a row, a text is null and a boolean false. */
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
