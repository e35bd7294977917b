import { type ClerkUser } from '../clerk/user';
import { IdentifierExistsError, ParamValueInvalidError } from '../errors';
import { assertMetadataFits } from './merge-metadata';
import { type CreateUserParams, type MetadataParams, type UpdateUserParams } from './user.schemas';
import { hasForItself, type UniqueKind, type UserStore } from './user.store';

const METADATA = ['public_metadata', 'private_metadata', 'unsafe_metadata'] as const;
const PLAIN = [
  'first_name',
  'last_name',
  'username',
  'external_id',
  'locale',
  'create_organization_enabled',
  'create_organizations_limit',
  'delete_self_enabled',
  'bypass_client_trust',
  'legal_accepted_at',
  'created_at',
] as const;

/**
 * Checks that no other user than `userId` has `value`. The other user's e-mail address or phone number counts only if
 * it is verified or reserved.
 *
 * @throws IdentifierExistsError
 */
export function assertFree(store: UserStore, kind: UniqueKind, value: string, userId: string): void {
  const others = store.holdersOf(kind, value).filter(({ id }) => id !== userId);
  if (others.some((other) => hasForItself(other, kind, value))) throw new IdentifierExistsError(kind);
}

/** Writes the given parameters into `user`; the field of an omitted parameter keeps its value. */
export function applyProfile(
  store: UserStore,
  user: ClerkUser,
  params: CreateUserParams | UpdateUserParams,
  now: number,
): void {
  if (params.username) assertFree(store, 'username', params.username, user.id);
  if (params.external_id) assertFree(store, 'external_id', params.external_id, user.id);
  for (const field of PLAIN) {
    if (params[field] !== undefined) Object.assign(user, { [field]: params[field] });
  }
  if (params.password ?? params.password_digest) {
    user.password_enabled = true;
    user.password_last_updated_at = now;
  }
  replaceMetadata(user, params);
}

/** Replaces each given kind of metadata as a whole; null clears it. */
export function replaceMetadata(user: ClerkUser, params: MetadataParams): void {
  for (const field of METADATA) {
    const value = params[field];
    if (value === undefined) continue;
    assertMetadataFits(field, value ?? {});
    user[field] = value ?? {};
  }
}

/**
 * Sets the primary e-mail address and phone number. Each must be verified and belong to the user.
 * @throws ParamValueInvalidError
 */
export function applyPrimaries(user: ClerkUser, params: UpdateUserParams): void {
  const email = params.primary_email_address_id;
  if (email) {
    assertVerified('primary_email_address_id', email, user.email_addresses);
    user.primary_email_address_id = email;
  }
  const phone = params.primary_phone_number_id;
  if (phone) {
    assertVerified('primary_phone_number_id', phone, user.phone_numbers);
    user.primary_phone_number_id = phone;
  }
}

function assertVerified(
  paramName: string,
  id: string,
  identifiers: readonly { id: string; verification: { status: string } }[],
): void {
  const found = identifiers.find((identifier) => identifier.id === id);
  if (found?.verification.status !== 'verified') {
    throw new ParamValueInvalidError(paramName, `${paramName} must be verified and belong to this user.`);
  }
}
