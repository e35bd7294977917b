import { z } from 'zod';
import { jsonObject } from '../http/common.schemas';

/** An e-mail address that Clerk accepts. */
export const emailAddress = z.email('must be a valid email address.').max(254);
/** A phone number in E.164. */
export const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a valid phone number in E.164 format.');

const name = z.string().max(256, 'must be at most 256 characters.').nullish();
const username = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, 'must have 1 to 64 letters, digits, dots, dashes or underscores.')
  .nullish();
const metadata = jsonObject.nullish();
const identificationStatus = z.array(z.enum(['verified', 'reserved'], 'must be verified or reserved.'));
const timestamp = z.iso
  .datetime({ offset: true, error: 'must be an RFC 3339 time.' })
  .transform((text) => Date.parse(text))
  .optional();

/** The three kinds of metadata. Each is replaced or merged separately. */
export const metadataParams = z.strictObject({
  public_metadata: metadata,
  private_metadata: metadata,
  unsafe_metadata: metadata,
});
export type MetadataParams = z.output<typeof metadataParams>;

/** Parameters of both creating and updating a user. Parameters of type `unknown` are accepted without effect. */
const profile = {
  ...metadataParams.shape,
  external_id: z.string().max(256).nullish(),
  first_name: name,
  last_name: name,
  username,
  password: z.string().min(8, 'must be 8 or more characters.').max(4096).nullish(),
  password_digest: z.string().nullish(),
  password_hasher: z.string().nullish(),
  locale: z.string().nullish(),
  create_organization_enabled: z.boolean().optional(),
  create_organizations_limit: z.number().int().nonnegative().nullish(),
  delete_self_enabled: z.boolean().optional(),
  bypass_client_trust: z.boolean().optional(),
  legal_accepted_at: timestamp,
  created_at: timestamp,
  backup_codes: z.unknown().optional(),
  profile_image_id: z.unknown().optional(),
  skip_legal_checks: z.unknown().optional(),
  skip_password_checks: z.unknown().optional(),
  totp_secret: z.unknown().optional(),
};

export const createUserParams = z.strictObject({
  ...profile,
  email_address: z.array(emailAddress).max(100).nullish(),
  email_address_identification_status: identificationStatus.nullish(),
  phone_number: z.array(phoneNumber).max(100).nullish(),
  phone_number_identification_status: identificationStatus.nullish(),
  banned: z.boolean().optional(),
  locked: z.boolean().optional(),
  skip_password_requirement: z.unknown().optional(),
  skip_user_requirement: z.unknown().optional(),
});
export type CreateUserParams = z.output<typeof createUserParams>;

export const updateUserParams = z.strictObject({
  ...profile,
  primary_email_address_id: z.string().nullish(),
  primary_phone_number_id: z.string().nullish(),
  notify_primary_email_address_changed: z.unknown().optional(),
  sign_out_of_other_sessions: z.unknown().optional(),
});
export type UpdateUserParams = z.output<typeof updateUserParams>;
