import { type ClerkOwned } from '@gatehouse/lifecycle';
import { type Statement, keyLock } from '@gatehouse/persistence';
import { contentHashOf } from '../../clerk-user/content-hash';
import { type MappedUser } from '../../clerk-user/map-clerk-user';

/** What one live user alone may hold verified. */
export const addressKinds = ['email', 'phone'] as const;
export type AddressKind = (typeof addressKinds)[number];

/** An address that a user's content holds. */
export interface Claim {
  readonly kind: AddressKind;
  /** Equal for equal addresses: e-mail addresses regardless of case. */
  readonly key: string;
  readonly verified: boolean;
}

/** An address that a live row holds. */
export interface Holding extends Claim {
  readonly userId: string;
  /** Null for a local user. */
  readonly clerkUserId: string | null;
  readonly isActive: boolean;
}

/** More rows than this hold one address only unverified, and by far too many do. */
const MAX_HOLDINGS = 1_000;

/** The addresses in a user's content. */
export function addressesOf(columns: ClerkOwned): Claim[] {
  const claims: Claim[] = [];
  if (columns.email !== null) {
    claims.push({ kind: 'email', key: columns.email.toLowerCase(), verified: columns.emailVerified });
  }
  if (columns.phoneNumber !== null) {
    claims.push({ kind: 'phone', key: columns.phoneNumber, verified: columns.phoneVerified });
  }
  return claims;
}

/** The user without these addresses: what is stored of one who must leave them to another. */
export function withhold(user: MappedUser, kinds: ReadonlySet<AddressKind>): MappedUser {
  if (kinds.size === 0) return user;
  const columns = {
    ...user.columns,
    ...(kinds.has('email') ? { email: null, emailVerified: false } : {}),
    ...(kinds.has('phone') ? { phoneNumber: null, phoneVerified: false } : {}),
  };
  return { ...user, columns, contentHash: contentHashOf(columns) };
}

/** One text for kind and address. */
export function addressKey({ kind, key }: Claim): string {
  return `${kind}:${key}`;
}

/**
 * Locks these addresses until the transaction ends. Unique indexes cover verified addresses alone: without the lock, two
 * transactions could each miss the other's user, of whom only one has the address verified. Take it after the users' locks.
 */
export function lockAddresses(claims: readonly Claim[]): Statement {
  return keyLock('address', claims.map(addressKey));
}

/** All live rows that hold any of these addresses, verified or not. */
export function findHoldings(claims: readonly Claim[]): Statement<Holding[]> {
  const keys = (wanted: AddressKind) => claims.filter(({ kind }) => kind === wanted).map(({ key }) => key);
  return {
    name: 'find-holdings',
    // Address by address: the planner would read the whole table while it does not know yet how large it has become.
    text: `SELECT 'email' AS kind, u.email AS value, u.email_verified AS verified, u.id AS user_id, u.clerk_user_id, u.is_active
       FROM (SELECT DISTINCT lower(email) AS email FROM unnest($1::text[]) AS email) AS wanted,
       LATERAL (SELECT id, clerk_user_id, is_active, email, email_verified FROM users
                 WHERE lower(users.email) = wanted.email AND deleted_at IS NULL
                 ORDER BY email_verified DESC LIMIT ${MAX_HOLDINGS}) AS u
     UNION ALL
     SELECT 'phone', u.phone_number, u.phone_verified, u.id, u.clerk_user_id, u.is_active
       FROM (SELECT DISTINCT unnest($2::text[]) AS phone_number) AS wanted,
       LATERAL (SELECT id, clerk_user_id, is_active, phone_number, phone_verified FROM users
                 WHERE users.phone_number = wanted.phone_number AND deleted_at IS NULL
                 ORDER BY phone_verified DESC LIMIT ${MAX_HOLDINGS}) AS u
     ORDER BY verified DESC LIMIT ${MAX_HOLDINGS}`,
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
