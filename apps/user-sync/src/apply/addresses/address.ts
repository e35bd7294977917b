import { type ClerkOwned } from '@gatehouse/lifecycle';
import { type Statement, keyLock } from '@gatehouse/persistence';
import { contentHashOf } from '../../clerk-user/content-hash';
import { type MappedUser } from '../../clerk-user/map-clerk-user';

/**
 * Kinds of address. A verified address belongs to at most one live user. A user is live until it is deleted, even while
 * it is deactivated.
 */
export const addressKinds = ['email', 'phone'] as const;
export type AddressKind = (typeof addressKinds)[number];

/** An address of a user, at Clerk or in the database. */
export interface Address {
  readonly kind: AddressKind;
  /** The phone number, or the e-mail address in lower case. */
  readonly key: string;
  readonly verified: boolean;
}

/** An address in the row of a live user. */
export interface HeldAddress extends Address {
  readonly userId: string;
  /** Null for a local user. */
  readonly clerkUserId: string | null;
  readonly isActive: boolean;
}

/**
 * Maximum rows of `findHeldAddresses`, per address and in total. Users who have verified the address come first. Other
 * Clerk users lose the address to the user who has verified it. A Clerk user beyond the limit is not read and keeps the
 * address unverified. That is harmless: the unique indexes only cover verified addresses.
 */
const MAX_HELD = 1_000;

/** Addresses in a user's content. */
export function addressesOf(
  columns: Pick<ClerkOwned, 'email' | 'emailVerified' | 'phoneNumber' | 'phoneVerified'>,
): Address[] {
  const addresses: Address[] = [];
  if (columns.email !== null) {
    addresses.push({ kind: 'email', key: columns.email.toLowerCase(), verified: columns.emailVerified });
  }
  if (columns.phoneNumber !== null) {
    addresses.push({ kind: 'phone', key: columns.phoneNumber, verified: columns.phoneVerified });
  }
  return addresses;
}

/** Returns the user without the addresses of `kinds`: other users hold these addresses. */
export function withoutAddresses(user: MappedUser, kinds: ReadonlySet<AddressKind>): MappedUser {
  if (kinds.size === 0) return user;
  const columns = {
    ...user.columns,
    ...(kinds.has('email') ? { email: null, emailVerified: false } : {}),
    ...(kinds.has('phone') ? { phoneNumber: null, phoneVerified: false } : {}),
  };
  return { ...user, columns, contentHash: contentHashOf(columns) };
}

/** Kind and address as one text. */
export function addressKey({ kind, key }: Address): string {
  return `${kind}:${key}`;
}

/**
 * Locks these addresses until the transaction ends. Take this lock after the locks of the users, to avoid deadlocks.
 * Without the lock, two transactions could store one address at the same time, one as verified and one as unverified.
 * Neither would see the other's row, so the conflict would go unnoticed: unique indexes only cover verified addresses.
 */
export function lockAddresses(addresses: readonly Address[]): Statement {
  return keyLock('address', addresses.map(addressKey));
}

/** Finds the live users who hold any of these addresses, verified or not. */
export function findHeldAddresses(addresses: readonly Address[]): Statement<HeldAddress[]> {
  const keys = (wanted: AddressKind) => addresses.filter(({ kind }) => kind === wanted).map(({ key }) => key);
  return {
    name: 'find-held-addresses',
    // LATERAL makes PostgreSQL look up each address in the index. A join could be planned as a table scan while the
    // table is small, and PostgreSQL keeps such a plan when the table grows. The batch transaction turns scans off, but
    // this query also runs in other transactions.
    text: `SELECT 'email' AS kind, u.email AS value, u.email_verified AS verified, u.id AS user_id, u.clerk_user_id, u.is_active
       FROM (SELECT DISTINCT lower(email) AS email FROM unnest($1::text[]) AS email) AS wanted,
       LATERAL (SELECT id, clerk_user_id, is_active, email, email_verified FROM users
                 WHERE lower(users.email) = wanted.email AND deleted_at IS NULL
                 ORDER BY email_verified DESC LIMIT ${MAX_HELD}) AS u
     UNION ALL
     SELECT 'phone', u.phone_number, u.phone_verified, u.id, u.clerk_user_id, u.is_active
       FROM (SELECT DISTINCT unnest($2::text[]) AS phone_number) AS wanted,
       LATERAL (SELECT id, clerk_user_id, is_active, phone_number, phone_verified FROM users
                 WHERE users.phone_number = wanted.phone_number AND deleted_at IS NULL
                 ORDER BY phone_verified DESC LIMIT ${MAX_HELD}) AS u
     ORDER BY verified DESC LIMIT ${MAX_HELD}`,
    values: [keys('email'), keys('phone')],
    read: (rows: Row[]) =>
      rows.map(({ kind, value, verified, user_id, clerk_user_id, is_active }) => ({
        kind,
        key: kind === 'email' ? value.toLowerCase() : value,
        verified,
        userId: user_id,
        clerkUserId: clerk_user_id,
        isActive: is_active,
      })),
  };
}

interface Row {
  kind: AddressKind;
  value: string;
  verified: boolean;
  user_id: string;
  clerk_user_id: string | null;
  is_active: boolean;
}
