import { type EmailAddress, type PhoneNumber, type Verification } from '../clerk/identifier';
import { type ClerkUser } from '../clerk/user';

/** A user as the Frontend API returns it: without private metadata, with the memberships that the emulator has not. */
export interface UserView extends Omit<
  ClerkUser,
  'private_metadata' | 'email_addresses' | 'phone_numbers' | 'create_organizations_limit'
> {
  readonly email_addresses: readonly EmailAddressView[];
  readonly phone_numbers: readonly PhoneNumberView[];
  readonly organization_memberships: readonly never[];
  readonly create_organizations_limit?: number;
}

/** An e-mail address; its verification is null until a code is sent. */
export interface EmailAddressView extends Omit<EmailAddress, 'verification'> {
  readonly verification: Verification | null;
}

/** A phone number; its verification is null until a code is sent. */
export interface PhoneNumberView extends Omit<PhoneNumber, 'verification' | 'backup_codes'> {
  readonly verification: Verification | null;
}

/** What others may see of a user. */
export interface PublicUserData {
  readonly first_name: string | null;
  readonly last_name: string | null;
  readonly image_url: string;
  readonly has_image: boolean;
  readonly identifier: string;
  readonly profile_image_url: string;
  readonly user_id: string;
  readonly username: string | null;
  readonly banned: boolean;
  readonly deprovisioned: boolean;
}

/**
 * A silhouette. Without it, pages would load the picture of users without an image from Clerk's servers. By its name,
 * Clerk's components know that it is no image of the user, which one could remove.
 */
const SILHOUETTE =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><path fill="#d9d9de" d="M0 0h32v32H0z"/>' +
  '<path fill="#85868f" d="M16 8a5 5 0 1 1 0 10 5 5 0 0 1 0-10zM6 32a10 10 0 0 1 20 0z"/></svg>';
const PLACEHOLDER = `data:image/svg+xml;name=avatar_placeholder;base64,${Buffer.from(SILHOUETTE).toString('base64')}`;

/** Image of a user, in browsers. */
export function imageOf(user: ClerkUser): Pick<ClerkUser, 'has_image' | 'image_url' | 'profile_image_url'> {
  const { has_image, image_url, profile_image_url } = user;
  return has_image
    ? { has_image, image_url, profile_image_url }
    : { has_image, image_url: PLACEHOLDER, profile_image_url: PLACEHOLDER };
}

export function userView(user: ClerkUser): UserView {
  const {
    private_metadata: _private,
    email_addresses,
    phone_numbers,
    create_organizations_limit: limit,
    ...rest
  } = user;
  return {
    ...rest,
    ...imageOf(user),
    email_addresses: email_addresses.map(emailAddressView),
    phone_numbers: phone_numbers.map(phoneNumberView),
    organization_memberships: [],
    ...(limit !== null && { create_organizations_limit: limit }),
  };
}

export function emailAddressView({ verification, ...email }: EmailAddress): EmailAddressView {
  return { ...email, verification: shown(verification) };
}

export function phoneNumberView({ verification, backup_codes: _none, ...phone }: PhoneNumber): PhoneNumberView {
  return { ...phone, verification: shown(verification) };
}

/** What the user of a session, or of a sign-in, shows to others. */
export function publicUserData(user: ClerkUser): PublicUserData {
  const email = user.email_addresses.find(({ id }) => id === user.primary_email_address_id);
  const phone = user.phone_numbers.find(({ id }) => id === user.primary_phone_number_id);
  const { first_name, last_name, id, username, banned, deprovisioned } = user;
  const identifier = email?.email_address ?? phone?.phone_number ?? username ?? id;
  return {
    ...{ first_name, last_name, identifier, user_id: id, username, banned, deprovisioned },
    ...imageOf(user),
  };
}

function shown(verification: Verification): Verification | null {
  return verification.status === 'unverified' && verification.expire_at === null ? null : verification;
}
