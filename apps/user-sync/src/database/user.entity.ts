import { type Role, type Tier, roles, tiers } from '@gatehouse/contracts';
import { type ClerkOwned } from '@gatehouse/lifecycle';
import { Check, Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { ClerkOwnedColumn } from './column-decorator';
import { numeric } from './numeric';

const oneOf = (column: string, values: readonly string[]) => `${column} IN (${values.map((v) => `'${v}'`).join(', ')})`;

/**
 * A user: the columns that Clerk owns, and those that Gatehouse owns. `clerk-owned-columns.ts` of
 * `@gatehouse/lifecycle` lists the columns that Clerk owns.
 */
@Entity('users')
@Check('users_auth_provider_check', oneOf('auth_provider', ['local', 'clerk']))
@Check('users_role_check', oneOf('role', roles))
@Check('users_subscription_check', oneOf('subscription', tiers))
// Indexes on expressions, which TypeORM cannot declare: migrations create these six.
@Index('users_email_verified_live_key', { synchronize: false })
@Index('users_email_idx', { synchronize: false })
@Index('users_email_local_live_key', { synchronize: false })
@Index('users_names_idx', { synchronize: false })
@Index('users_email_prefix_idx', { synchronize: false })
@Index('users_phone_suffix_idx', { synchronize: false })
@Index('users_phone_verified_live_key', ['phoneNumber'], {
  unique: true,
  where: 'phone_verified AND deleted_at IS NULL',
})
@Index('users_phone_number_idx', ['phoneNumber'])
@Index('users_clerk_user_id_key', ['clerkUserId'], { unique: true })
@Index('users_referral_code_key', ['referralCode'], { unique: true })
@Index('users_role_idx', ['role'])
@Index('users_created_at_idx', ['createdAt', 'id'])
@Index('users_updated_at_idx', ['updatedAt', 'id'])
@Index('users_subscription_idx', ['subscription', 'createdAt', 'id'], { where: "subscription <> 'free'" })
@Index('users_inactive_idx', ['createdAt', 'id'], { where: 'NOT is_active' })
@Index('users_stripe_customer_id_key', ['stripeCustomerId'], {
  unique: true,
  where: 'stripe_customer_id IS NOT NULL',
})
@Index('users_external_id_key', ['externalId'], { unique: true, where: 'external_id IS NOT NULL' })
@Index('users_referred_by_idx', ['referredBy', 'referredAt', 'id'], { where: 'referred_by IS NOT NULL' })
export class UserEntity implements ClerkOwned {
  @PrimaryColumn('uuid', { name: 'id', primaryKeyConstraintName: 'users_pkey' })
  id!: string;

  @Column('text', { name: 'clerk_user_id', nullable: true })
  clerkUserId!: string | null;

  @Column('text', { name: 'auth_provider' })
  authProvider!: 'local' | 'clerk';

  @ClerkOwnedColumn('email')
  email!: string | null;

  @ClerkOwnedColumn('emailVerified')
  emailVerified!: boolean;

  /** E.164. */
  @ClerkOwnedColumn('phoneNumber')
  phoneNumber!: string | null;

  @ClerkOwnedColumn('phoneVerified')
  phoneVerified!: boolean;

  @Column('text', { name: 'hashed_password', nullable: true, select: false })
  hashedPassword!: string | null;

  @ClerkOwnedColumn('firstName')
  firstName!: string | null;

  @ClerkOwnedColumn('lastName')
  lastName!: string | null;

  @Column('text', { name: 'full_name' })
  fullName!: string;

  @ClerkOwnedColumn('username')
  username!: string | null;

  @Column('text', { name: 'owner_name', nullable: true })
  ownerName!: string | null;

  @ClerkOwnedColumn('profileImageUrl')
  profileImageUrl!: string | null;

  @Column('text', { name: 'role', default: 'user' })
  role!: Role;

  /** False while the user is deactivated by an admin, or deleted. A ban at Clerk only sets `clerkBanned`. */
  @Column('boolean', { name: 'is_active', default: true })
  isActive!: boolean;

  @Column('boolean', { name: 'is_superuser', default: false })
  isSuperuser!: boolean;

  /** True once values from Clerk were written to the Clerk-owned columns; false for a local user. */
  @Column('boolean', { name: 'is_synced', default: false })
  isSynced!: boolean;

  @ClerkOwnedColumn('clerkBanned')
  clerkBanned!: boolean;

  /**
   * Whether the user is deprovisioned: an identity provider has ended its access by directory sync (SCIM) with Clerk.
   */
  @ClerkOwnedColumn('clerkDeprovisioned')
  clerkDeprovisioned!: boolean;

  /**
   * Whether Clerk last showed the user as locked. Stays true after the lockout has expired; see
   * `clerkLockoutExpiresAt`. Not part of the content hash.
   */
  @Column('boolean', { name: 'clerk_locked', default: false })
  clerkLocked!: boolean;

  /** When the lockout ends; null without a lockout, and for one that does not end by itself. */
  @Column({ type: 'timestamptz', name: 'clerk_lockout_expires_at', precision: 3, nullable: true })
  clerkLockoutExpiresAt!: Date | null;

  /** Version of the user: Clerk's `updated_at` in milliseconds since the epoch. */
  @Column('bigint', { name: 'clerk_updated_at', nullable: true, transformer: numeric })
  clerkUpdatedAt!: number | null;

  /**
   * Hash of the columns that Clerk owns, with the content version as a prefix. Hashes of content version 1 have no
   * prefix.
   */
  @Column('text', { name: 'content_hash', nullable: true })
  contentHash!: string | null;

  @Column('text', { name: 'subscription', default: 'free' })
  subscription!: Tier;

  @Column('text', { name: 'stripe_customer_id', nullable: true })
  stripeCustomerId!: string | null;

  /** Id of the user in the company's own system. Set by imports alone. */
  @Column('text', { name: 'external_id', nullable: true })
  externalId!: string | null;

  @Column('text', { name: 'bio', nullable: true })
  bio!: string | null;

  @Column('text', { name: 'website', nullable: true })
  website!: string | null;

  @Column('jsonb', { name: 'social_links', default: {} })
  socialLinks!: Record<string, string>;

  @Column('text', { name: 'shop_name', nullable: true })
  shopName!: string | null;

  @Column('text', { name: 'city', nullable: true })
  city!: string | null;

  @Column('text', { name: 'state', nullable: true })
  state!: string | null;

  @Column('text', { name: 'pincode', nullable: true })
  pincode!: string | null;

  @Column('text', { name: 'referral_code' })
  referralCode!: string;

  @Column('uuid', { name: 'referred_by', nullable: true })
  referredBy!: string | null;

  /** When the user used the referral code of `referredBy`. */
  @Column({ type: 'timestamptz', name: 'referred_at', precision: 3, nullable: true })
  referredAt!: Date | null;

  /** Number of changes of the columns that the user sees, plus one. Set by the trigger `users_version` alone. */
  @Column('integer', { name: 'version', default: 1 })
  version!: number;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3, default: () => 'now()' })
  createdAt!: Date;

  /**
   * When the user last changed, without activity times and `clerkUpdatedAt`: the start of the transaction, by the clock of
   * the database. Set by the trigger `users_updated_at` too. Never moves back.
   */
  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3, default: () => 'now()' })
  updatedAt!: Date;

  /**
   * The first login. Set by triggers when `last_login_at` is first set; null for users who had logged in before this
   * column existed.
   */
  @Column({ type: 'timestamptz', name: 'first_login_at', precision: 3, nullable: true })
  firstLoginAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_login_at', precision: 3, nullable: true })
  lastLoginAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_logout_at', precision: 3, nullable: true })
  lastLogoutAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'last_active_at', precision: 3, nullable: true })
  lastActiveAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'deleted_at', precision: 3, nullable: true })
  deletedAt!: Date | null;
}
