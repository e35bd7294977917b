import { type ClerkUser } from '@gatehouse/contracts';
import { type ClerkOwned } from '@gatehouse/lifecycle';
import { storableText } from '@gatehouse/persistence';
import { chooseAddress, isVerified } from './choose-address';
import { type PublicMetadata } from './company-metadata';
import { contentHashOf } from './content-hash';
import { type Lockout, lockoutOf } from './lockout';

/** Times of a user's last activity, in milliseconds. A stored time is only ever replaced by a later one. */
export interface Activity {
  readonly lastLoginAt: number | null;
  readonly lastLogoutAt: number | null;
  readonly lastActiveAt: number | null;
}

/** A Clerk user, mapped to our columns. */
export interface MappedUser {
  readonly clerkUserId: string;
  /** Clerk's `updated_at` in milliseconds. */
  readonly version: number;
  readonly columns: ClerkOwned;
  /** Hash of the columns, with the content version as a prefix. */
  readonly contentHash: string;
  /** When Clerk returned the user or created the event; milliseconds. */
  readonly observedAt: number;
  readonly lockout: Lockout;
  /**
   * Why the stored address is not the primary one, or why none is stored; for operators. Null when there is nothing to
   * explain.
   */
  readonly addressNote: string | null;
  /** Metadata of the user. It also holds values of the company, so it is never stored as a whole. */
  readonly publicMetadata: PublicMetadata;
  readonly activity: Activity;
}

/** Maximum lengths of stored values, in code points. */
const MAX = { name: 256, email: 320, phone: 32, url: 2_048 };

/**
 * Maps a user of an event or of the Backend API to our columns. `observedAt`: when Clerk returned the user or created
 * the event, in milliseconds. Never reads `unsafe_metadata`, which users can edit.
 */
export function mapClerkUser(user: ClerkUser, observedAt: number): MappedUser {
  const { address: email, note: emailNote } = chooseAddress(
    'e-mail address',
    user.email_addresses.filter(({ email_address }) => email_address),
    user.primary_email_address_id,
  );
  const { address: phone, note: phoneNote } = chooseAddress(
    'phone number',
    user.phone_numbers.filter(({ phone_number }) => phone_number),
    user.primary_phone_number_id,
  );
  const columns: ClerkOwned = {
    email: textOf(email?.email_address, MAX.email),
    emailVerified: isVerified(email),
    phoneNumber: textOf(phone?.phone_number, MAX.phone),
    phoneVerified: isVerified(phone),
    firstName: textOf(user.first_name, MAX.name),
    lastName: textOf(user.last_name, MAX.name),
    username: textOf(user.username, MAX.name),
    profileImageUrl: urlOf(user.image_url),
    clerkBanned: user.banned === true,
    clerkDeprovisioned: user.deprovisioned === true,
  };
  return {
    clerkUserId: user.id,
    version: user.updated_at,
    columns,
    contentHash: contentHashOf(columns),
    observedAt,
    lockout: lockoutOf(user, observedAt),
    addressNote: [emailNote, phoneNote].filter((note) => note !== null).join('; ') || null,
    publicMetadata: user.public_metadata ?? {},
    activity: {
      lastLoginAt: user.last_sign_in_at ?? null,
      lastLogoutAt: null,
      lastActiveAt: user.last_active_at ?? null,
    },
  };
}

function textOf(value: string | null | undefined, max: number): string | null {
  return value ? storableText(value, max) : null;
}

/** A URL that is too long becomes null: a truncated URL would point elsewhere. */
function urlOf(value: string | null | undefined): string | null {
  return value && value.length <= MAX.url ? storableText(value, MAX.url) : null;
}
