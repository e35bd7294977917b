import { createHash } from 'node:crypto';
import { type Idempotency } from '@gatehouse/contracts';
import { canonicalJson } from './canonical-json';

/** A request that is answered once for each idempotency key. */
export interface AskedOnce {
  /** The user whose data the request changes. With row-level security, the user of the transaction. */
  readonly userId: string;
  /** The user who sent the request, if another one: an admin. Admins do not share keys, not even on one path. */
  readonly sentBy?: string;
  /** The parsed request. Two requests are the same if they are equal except for `idempotency` and `owner`. */
  readonly request: { readonly idempotency?: Idempotency | undefined };
}

/** What identifies a request in the database. */
export interface RequestIdentity {
  readonly userId: string;
  /** SHA-256 of users, path and key: the key itself, which may contain personal data, is not stored. */
  readonly id: Buffer;
  /** SHA-256 of the request. */
  readonly requestHash: Buffer;
  /**
   * Number of the advisory lock: 64 bits of `id`. PostgreSQL keeps locks of two 32-bit numbers apart from those of one
   * 64-bit number, which all other advisory locks of Gatehouse have. Two keys with the same number would only wait for
   * each other.
   */
  readonly lock: readonly [number, number];
}

/** Computes what identifies a request in the database. */
export function identify({ userId, sentBy = userId, request }: AskedOnce, { key, path }: Idempotency): RequestIdentity {
  const id = sha256(JSON.stringify([userId, sentBy, path, key]));
  // Leaves out `owner`, which is in `id`. Its tier may have changed between two attempts.
  const content = { ...request, idempotency: undefined, owner: undefined };
  return {
    userId,
    id,
    requestHash: sha256(canonicalJson(content)),
    lock: [id.readInt32BE(0), id.readInt32BE(4)],
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
