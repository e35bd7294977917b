import { randomUUID } from 'node:crypto';
import { type ClerkOwned } from '@gatehouse/lifecycle';
import { type Statement, write } from '@gatehouse/persistence';
import { type EntityManager } from 'typeorm';
import { type AppliedRow } from './applied-events';
import { type Origin, noActivity } from '../observation/observation';
import { type AddressKind, type Holding, addressKinds } from '../addresses/address';
import { type ConflictNote } from './conflict-notes';

/** Who gets what, once Clerk has been asked about everybody in a conflict. Carried out in one transaction or not at all. */
export interface AddressPlan {
  /** Clerk ids and the addresses that they are stored without. */
  readonly withhold: ReadonlyMap<string, ReadonlySet<AddressKind>>;
  /** Clerk ids and the local users that they turn out to be. */
  readonly link: ReadonlyMap<string, string>;
  /** Addresses of users whom Clerk does not know any more. */
  readonly forsaken: readonly (Holding & { readonly clerkUserId: string })[];
  readonly notes: readonly ConflictNote[];
}

/** Sets addresses to NULL that are given up, so that another may take them. `forget`: the rows are not written after that. */
export function releaseAddresses(holdings: readonly Holding[], forget = false): Statement[] {
  // A row without a hash equals nothing: whatever is next seen of the user is compared in full.
  const [suffix, hash] = forget ? ['-and-forget', ', content_hash = NULL'] : ['', ''];
  const columns = {
    email: 'email = NULL, email_verified = false',
    phone: 'phone_number = NULL, phone_verified = false',
  };
  return addressKinds.flatMap((kind) => {
    const ids = holdings.filter((held) => held.kind === kind).map(({ userId }) => userId);
    if (ids.length === 0) return [];
    const text = `UPDATE users SET ${columns[kind]}${hash} WHERE id = ANY($1::uuid[])`;
    return [write(`release-${kind}${suffix}`, text, [ids])];
  });
}

/** The steps of those whose addresses went to others though nothing was seen of them: their stories tell of it too. */
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

/** What a step says of itself that a conflict with another user brought about; `correlationId`: what began it. */
export function conflictOrigin(correlationId: string): Origin {
  return { id: `conflict:${randomUUID()}`, source: 'conflict', eventType: 'conflict', attempt: 0, correlationId };
}

/** The addresses of a user's content. */
type Addresses = Pick<ClerkOwned, 'email' | 'emailVerified' | 'phoneNumber' | 'phoneVerified'>;

/**
 * Makes a local user the Clerk user's; false when it is a free local user no more, or has not itself proved an address
 * that Clerk has seen proved. Whatever was planned, the row is what counts.
 */
export async function adoptLocalUser(
  manager: EntityManager,
  userId: string,
  clerkUserId: string,
  { email, emailVerified, phoneNumber, phoneVerified }: Addresses,
): Promise<boolean> {
  // Clerk says from now on who may sign in: the password that somebody else may have set is gone.
  const [rows] = await manager.query<[unknown[], number]>(
    `UPDATE users SET clerk_user_id = $2, auth_provider = 'clerk', hashed_password = NULL, updated_at = now()
      WHERE id = $1 AND clerk_user_id IS NULL AND deleted_at IS NULL
        AND (email_verified AND lower(email) = lower($3) OR phone_verified AND phone_number = $4)
      RETURNING id`,
    [userId, clerkUserId, emailVerified ? email : null, phoneVerified ? phoneNumber : null],
  );
  return rows.length === 1;
}
