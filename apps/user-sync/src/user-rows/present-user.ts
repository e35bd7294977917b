import { type AdminUser, type User, latestTimeMs } from '@gatehouse/contracts';
import { lockoutAt } from '../clerk-user/lockout';
import { type UserEntity } from '../database/user.entity';

/** A user as returned to that user. */
export function presentUser(user: UserEntity): User {
  return {
    id: user.id,
    clerkUserId: user.clerkUserId,
    authProvider: user.authProvider,
    email: user.email,
    emailVerified: user.emailVerified,
    phoneNumber: user.phoneNumber,
    phoneVerified: user.phoneVerified,
    firstName: user.firstName,
    lastName: user.lastName,
    fullName: user.fullName,
    username: user.username,
    ownerName: user.ownerName,
    profileImageUrl: user.profileImageUrl,
    role: user.role,
    isActive: user.isActive,
    subscription: user.subscription,
    bio: user.bio,
    website: user.website,
    socialLinks: user.socialLinks,
    shopName: user.shopName,
    city: user.city,
    state: user.state,
    pincode: user.pincode,
    referralCode: user.referralCode,
    createdAt: user.createdAt.toISOString(),
    updatedAt: user.updatedAt.toISOString(),
    lastLoginAt: user.lastLoginAt?.toISOString() ?? null,
    lastActiveAt: user.lastActiveAt?.toISOString() ?? null,
    version: user.version,
  };
}

/** The current lockout of a stored user; its end in ISO 8601. */
export function presentLockout({
  clerkLocked,
  clerkLockoutExpiresAt,
}: Pick<UserEntity, 'clerkLocked' | 'clerkLockoutExpiresAt'>): { locked: boolean; expiresAt: string | null } {
  const stored = { locked: clerkLocked, expiresAt: clerkLockoutExpiresAt?.getTime() ?? null };
  const { locked, expiresAt } = lockoutAt(stored, Date.now());
  return { locked, expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString() };
}

/** A user as returned to admins. */
export function presentUserToAdmin(user: UserEntity): AdminUser {
  const { locked, expiresAt } = presentLockout(user);
  return {
    ...presentUser(user),
    isSynced: user.isSynced,
    clerkBanned: user.clerkBanned,
    clerkDeprovisioned: user.clerkDeprovisioned,
    clerkLocked: locked,
    clerkLockoutExpiresAt: expiresAt,
    // A corrupt `clerkUpdatedAt` may be later than the year 9999, the last that ISO 8601 writes with four digits.
    clerkUpdatedAt:
      user.clerkUpdatedAt === null ? null : new Date(Math.min(user.clerkUpdatedAt, latestTimeMs)).toISOString(),
    stripeCustomerId: user.stripeCustomerId,
    externalId: user.externalId,
    deletedAt: user.deletedAt?.toISOString() ?? null,
    referredBy: user.referredBy,
    referredAt: user.referredAt?.toISOString() ?? null,
  };
}
