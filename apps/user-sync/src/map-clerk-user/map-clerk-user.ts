import { createHash } from 'node:crypto';
import { type ClerkUser } from '@gatehouse/contracts';
import { type ClerkOwned, canonicalContent } from '@gatehouse/lifecycle';
import { type PublicMetadata } from './company-metadata';
import { storableText } from './storable-text';

/** When a user was last seen doing something; milliseconds. Only ever moves forward. */
export interface Activity {
  readonly lastLoginAt: number | null;
  readonly lastLogoutAt: number | null;
  readonly lastActiveAt: number | null;
}

/** A Clerk user in terms of our columns. */
export interface MappedUser {
  readonly clerkUserId: string;
  /** Clerk's `updated_at` in milliseconds. */
  readonly version: number;
  readonly columns: ClerkOwned;
  /** SHA-256 (hex) of the columns. */
  readonly contentHash: string;
  /** The company's metadata; never stored as a whole. */
  readonly publicMetadata: PublicMetadata;
  readonly activity: Activity;
}

/** Longest values that are kept, in code points. */
const MAX = { name: 256, email: 320, phone: 32, url: 2_048 };

/** Turns a Clerk user, wherever it came from, into what we store of it. Never reads `unsafe_metadata`. */
export function mapClerkUser(user: ClerkUser): MappedUser {
  const email = user.email_addresses.find(({ id }) => id === user.primary_email_address_id);
  const phone = user.phone_numbers.find(({ id }) => id === user.primary_phone_number_id);
  const columns: ClerkOwned = {
    email: textOf(email?.email_address, MAX.email),
    emailVerified: email?.verification?.status === 'verified',
    phoneNumber: textOf(phone?.phone_number, MAX.phone),
    // Clerk holds a reserved number for somebody who has not proved yet that it is theirs.
    phoneVerified: phone?.verification?.status === 'verified' && phone.reserved !== true,
    firstName: textOf(user.first_name, MAX.name),
    lastName: textOf(user.last_name, MAX.name),
    username: textOf(user.username, MAX.name),
    profileImageUrl: urlOf(user.image_url),
    clerkBanned: user.banned === true,
    clerkLocked: user.locked === true,
  };
  return {
    clerkUserId: user.id,
    version: user.updated_at,
    columns,
    contentHash: contentHashOf(columns),
    publicMetadata: user.public_metadata ?? {},
    activity: {
      lastLoginAt: user.last_sign_in_at ?? null,
      lastLogoutAt: null,
      lastActiveAt: user.last_active_at ?? null,
    },
  };
}

/** SHA-256 (hex) of the Clerk-owned columns. */
export function contentHashOf(columns: ClerkOwned): string {
  return createHash('sha256').update(canonicalContent(columns)).digest('hex');
}

function textOf(value: string | null | undefined, max: number): string | null {
  return value ? storableText(value, max) : null;
}

/** A URL that is cut leads elsewhere: one too long is left out. */
function urlOf(value: string | null | undefined): string | null {
  return value && value.length <= MAX.url ? storableText(value, MAX.url) : null;
}
