import { createHash } from 'node:crypto';
import {
  type ClerkOwned,
  type FieldSinceVersion1,
  canonicalContent,
  contentVersion,
  fieldsSinceVersion1,
  version1Contents,
} from '@gatehouse/lifecycle';

const PREFIX = `${contentVersion}:`;

/**
 * Stored content of a user: the content hash, and the columns added since content version 1. A hash of version 1 does
 * not cover these columns.
 */
export interface StoredContent extends Pick<ClerkOwned, FieldSinceVersion1> {
  /** Null when the next observation must be written without a comparison. */
  readonly contentHash: string | null;
}

/** Hash of the Clerk-owned columns: content version, colon, SHA-256 in hex. */
export function contentHashOf(columns: ClerkOwned): string {
  return PREFIX + sha256(canonicalContent(columns));
}

/**
 * Whether the row `stored` holds exactly the values of `seen.columns`. A stored hash without a prefix has content
 * version 1; replicas of the previous release write such hashes. Such a hash is compared by the rules of version 1, so
 * that an unchanged row needs no write. Columns that it does not cover are compared by value.
 */
export function holdsContent(
  stored: StoredContent,
  seen: { readonly columns: ClerkOwned; readonly contentHash: string },
): boolean {
  if (stored.contentHash === null) return false;
  if (stored.contentHash === seen.contentHash) return true;
  if (stored.contentHash.includes(':')) return false;
  if (fieldsSinceVersion1.some((field) => stored[field] !== seen.columns[field])) return false;
  return version1Contents(seen.columns).some((text) => sha256(text) === stored.contentHash);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
