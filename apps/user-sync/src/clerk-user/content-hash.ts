import { createHash } from 'node:crypto';
import {
  type ClerkOwned,
  type ColumnsSinceVersion1,
  canonicalContent,
  contentVersion,
  version1Contents,
} from '@gatehouse/lifecycle';

const PREFIX = `${contentVersion}:`;

/** Content of a stored row: its hash, and the columns that a hash of an earlier version does not cover. */
export interface StoredContent extends ColumnsSinceVersion1 {
  /** Null when the next observation is to be written whatever it holds. */
  readonly contentHash: string | null;
}

/** Version of the content, a colon and the SHA-256 (hex) of the Clerk-owned columns. */
export function contentHashOf(columns: ClerkOwned): string {
  return PREFIX + sha256(canonicalContent(columns));
}

/**
 * Whether a row holds exactly these columns. A row hashed by version 1, whose hashes have no prefix, is compared by that
 * version: it needs no write to be found unchanged. Replicas of the release before hash by version 1 and leave newer
 * columns as they are, so those are compared with what the row holds.
 */
export function holdsContent(
  stored: StoredContent,
  seen: { readonly columns: ClerkOwned; readonly contentHash: string },
): boolean {
  if (stored.contentHash === null || stored.contentHash === seen.contentHash) return stored.contentHash !== null;
  if (stored.contentHash.includes(':')) return false;
  if (stored.clerkDeprovisioned !== seen.columns.clerkDeprovisioned) return false;
  return version1Contents(seen.columns).some((text) => sha256(text) === stored.contentHash);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
