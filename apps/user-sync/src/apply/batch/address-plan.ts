import { randomUUID } from 'node:crypto';
import { type ClerkOwned } from '@gatehouse/lifecycle';
import { type Statement, write } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type AddressKind, type HeldAddress, addressKinds } from '../addresses/address';
import { type Origin, noActivity } from '../observation/observation';
import { type AppliedRow } from './applied-events';
import { type ConflictNote } from './conflict-notes';

/**
 * Which user of a conflict gets which address, after Clerk was asked about all users of the conflict. The plan is
 * carried out as a whole or not at all.
 */
export interface AddressPlan {
  /** By Clerk id: the kinds of address that the user is stored without. */
  readonly withhold: ReadonlyMap<string, ReadonlySet<AddressKind>>;
  /** By Clerk id: the id of the local user whose row the Clerk user takes over. */
  readonly link: ReadonlyMap<string, string>;
  /**
   * Addresses to set to NULL in the rows of users whom Clerk no longer knows, because other users get these addresses.
   */
  readonly forsaken: readonly (HeldAddress & { readonly clerkUserId: string })[];
  readonly notes: readonly ConflictNote[];
}

/**
 * Sets addresses to NULL, so that other users can get them. With `forget`, also deletes the holders' content hashes, so
 * that the next observation of each holder is written in full. Set `forget` for holders that the batch does not write.
 */
export function releaseAddresses(addresses: readonly HeldAddress[], forget = false): Statement[] {
  const [suffix, hash] = forget ? ['-and-forget', ', content_hash = NULL'] : ['', ''];
  const columns = {
    email: 'email = NULL, email_verified = false',
    phone: 'phone_number = NULL, phone_verified = false',
  };
  return addressKinds.flatMap((kind) => {
    const ids = addresses.filter((held) => held.kind === kind).map(({ userId }) => userId);
    if (ids.length === 0) return [];
    const text = `UPDATE users SET ${columns[kind]}${hash} WHERE id = ANY($1::uuid[])`;
    return [write(`release-${kind}${suffix}`, text, [ids])];
  });
}

/** Rows of `applied_events` for users who lose an address although the batch holds no observation of them. */
export function releaseSteps(forsaken: AddressPlan['forsaken'], correlationId: string): AppliedRow[] {
  return forsaken.map(({ userId, clerkUserId, kind }) => ({
    observation: {
      clerkUserId,
      seen: { kind: 'nothing' },
      activity: noActivity,
      origin: conflictOrigin(correlationId),
    },
    result: {
      settled: true,
      userId,
      decision: 'release',
      reason: `Clerk did not find the user when it was asked: its ${kind} is left to another user`,
      repeated: false,
    },
    versionBefore: null,
    versionAfter: null,
  }));
}

/**
 * Origin of an observation that was made because of a conflict. `correlationId`: taken from the observation that led to
 * the conflict.
 */
export function conflictOrigin(correlationId: string): Origin {
  return { id: `conflict:${randomUUID()}`, source: 'conflict', eventType: 'conflict', attempt: 0, correlationId };
}

type Addresses = Pick<ClerkOwned, 'email' | 'emailVerified' | 'phoneNumber' | 'phoneVerified'>;

/**
 * Turns the row of a local user into that of a Clerk user.
 * @returns false when the local user was linked or deleted meanwhile, or the two users no longer have an address that
 * both have verified
 */
export async function adoptLocalUser(
  manager: EntityManager,
  userId: string,
  clerkUserId: string,
  { email, emailVerified, phoneNumber, phoneVerified }: Addresses,
): Promise<boolean> {
  // From now on the user signs in at Clerk, so the password of the local user is removed. An earlier owner of the
  // address may have set it: a phone number, for example, can get a new owner.
  const [rows] = await manager.query<[unknown[], number]>(
    `UPDATE users SET clerk_user_id = $2, auth_provider = 'clerk', hashed_password = NULL, updated_at = now()
      WHERE id = $1 AND clerk_user_id IS NULL AND deleted_at IS NULL
        AND (email_verified AND lower(email) = lower($3) OR phone_verified AND phone_number = $4)
      RETURNING id`,
    [userId, clerkUserId, emailVerified ? email : null, phoneVerified ? phoneNumber : null],
  );
  return rows.length === 1;
}
