import { type ClerkOwnedField, clerkOwnedColumns, clerkOwnedFields } from '@gatehouse/lifecycle';
import { type Statement, write } from '@gatehouse/persistence';
import { type UserEntity } from '../../database/user.entity';
import { endCollisions } from '../../write-back/metadata/record-collisions';
import { redactImports } from './redact-imports';

/** Name of a deleted user. */
const REDACTED_NAME = 'Deleted user';

/**
 * For each column that Gatehouse owns: the SQL assignment that a redaction makes, or null when the column stays as it
 * is. A new column of the entity does not compile until it has an entry here.
 */
const ownColumns: Readonly<Record<Exclude<keyof UserEntity, ClerkOwnedField>, string | null>> = {
  id: null,
  clerkUserId: null,
  authProvider: null,
  hashedPassword: 'hashed_password = NULL',
  fullName: 'full_name = $2',
  ownerName: 'owner_name = NULL',
  role: null,
  isActive: 'is_active = false',
  isSuperuser: null,
  isSynced: null,
  clerkLocked: null,
  clerkLockoutExpiresAt: null,
  clerkUpdatedAt: null,
  contentHash: 'content_hash = NULL',
  subscription: null,
  stripeCustomerId: 'stripe_customer_id = NULL',
  externalId: 'external_id = NULL',
  bio: 'bio = NULL',
  website: 'website = NULL',
  socialLinks: "social_links = '{}'",
  shopName: 'shop_name = NULL',
  city: 'city = NULL',
  state: 'state = NULL',
  pincode: 'pincode = NULL',
  referralCode: null,
  referredBy: null,
  referredAt: null,
  version: null,
  createdAt: null,
  updatedAt: 'updated_at = now()',
  firstLoginAt: null,
  lastLoginAt: null,
  lastLogoutAt: null,
  lastActiveAt: null,
  deletedAt: 'deleted_at = coalesce(deleted_at, now())',
};

const erasures = clerkOwnedFields.flatMap((field) => {
  const { column, type, personal } = clerkOwnedColumns[field];
  return personal ? [`${column} = ${type === 'boolean' ? 'false' : 'NULL'}`] : [];
});
const assignments = [...Object.values(ownColumns).filter((assignment) => assignment !== null), ...erasures].join(', ');

/** Erases all personal data of users, permanently. `fromImports` erases them from imports. */
export function redactUsers(ids: readonly string[], fromImports = redactImports): Statement[] {
  if (ids.length === 0) return [];
  return [
    ...fromImports(ids),
    write('redact-users', `UPDATE users SET ${assignments} WHERE id = ANY($1::uuid[])`, [ids, REDACTED_NAME]),
    write(
      'redact-legacy-sessions',
      // Also closes expired sessions: a late report of a use would otherwise store an address again. `endTrust` closes
      // the others.
      `UPDATE legacy_sessions
          SET started_ip = NULL, started_user_agent = NULL, last_ip = NULL, last_user_agent = NULL,
              closed_at = CASE WHEN expires_at > now() THEN closed_at ELSE coalesce(closed_at, expires_at) END
        WHERE user_id = ANY($1::uuid[])`,
      [ids],
    ),
    write('forget-write-backs', 'DELETE FROM write_backs WHERE user_id = ANY($1::uuid[])', [ids]),
    write('forget-answers', 'DELETE FROM idempotency_keys WHERE user_id = ANY($1::uuid[])', [ids]),
    ...endCollisions(ids, true),
  ];
}
