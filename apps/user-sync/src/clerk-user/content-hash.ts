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

/** Content of a stored row: its hash, and the columns that a hash of content version 1 does not cover. */
export interface StoredContent extends Pick<ClerkOwned, FieldSinceVersion1> {
  /** Null when the next observation must be written without a comparison. */
  readonly contentHash: string | null;
}

/** Content hash: content version, colon, SHA-256 (hex) of the Clerk-owned columns. */
export function contentHashOf(columns: ClerkOwned): string {
  return PREFIX + sha256(canonicalContent(columns));
}

/**
 * Whether the row `stored` holds exactly the values of `seen.columns`. A hash without a prefix is of content version 1,
 * as replicas of the previous release still write it. Such a hash is compared by the rules of content version 1, so
 * that an unchanged row needs no write. It does not cover newer columns, so they are compared by value.
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
