import { z } from 'zod';
import { clearable, lineText, paragraphText } from './typed-text';
import { webLinkSchema } from './web-link';

/**
 * Name of a network in `socialLinks`. The lookahead excludes `constructor` and `prototype`, which are property names of
 * JavaScript itself.
 */
const NETWORK_NAME = /^(?!(?:constructor|prototype)$)[a-z][a-z0-9_-]{0,31}$/;

const socialLinksSchema = z
  .record(z.string().regex(NETWORK_NAME, 'is not a network name'), webLinkSchema)
  .refine((links) => Object.keys(links).length <= 20, 'has more than 20 entries');

/** Postal code, such as an Indian PIN code. */
const pincodeSchema = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9 -]{3,12}$/, 'is not a postal code');

/** Profile fields of a shop and its owner that a client may also send at sign-up. */
export const shopFields = {
  ownerName: lineText(200),
  shopName: lineText(200),
  city: lineText(120),
  state: lineText(120),
  pincode: pincodeSchema,
};

/** Profile fields that users can edit; all are optional. Rejects unknown fields and fields that Clerk owns. */
export const profilePatchSchema = z.strictObject({
  ownerName: clearable(shopFields.ownerName).optional(),
  bio: clearable(paragraphText(2000)).optional(),
  website: clearable(webLinkSchema).optional(),
  /** Replaces all links; `{}` removes them. */
  socialLinks: socialLinksSchema.optional(),
  shopName: clearable(shopFields.shopName).optional(),
  city: clearable(shopFields.city).optional(),
  state: clearable(shopFields.state).optional(),
  pincode: clearable(shopFields.pincode).optional(),
});

/** Profile fields that users can edit. */
export type ProfilePatch = z.output<typeof profilePatchSchema>;

const atClerk = 'cannot be set here: change it at Clerk';
const byAdmin = 'cannot be set here: only an admin changes it';
const never = 'cannot be set: it never changes';
const byGatehouse = 'cannot be set: Gatehouse sets it';

/**
 * For schemas that reject fields which clients know from replies: the fault of each such field, which tells where it is
 * changed. Shown instead of the fault of an unknown field.
 */
export const knownFieldFaults = z.registry<Readonly<Record<string, string>>>();

knownFieldFaults.add(profilePatchSchema, {
  ...{ email: atClerk, emailVerified: atClerk, phoneNumber: atClerk, phoneVerified: atClerk },
  ...{ firstName: atClerk, lastName: atClerk, fullName: atClerk, username: atClerk, profileImageUrl: atClerk },
  ...{ role: byAdmin, subscription: byAdmin, tier: byAdmin, isActive: byAdmin, quotas: byAdmin },
  ...{ id: never, clerkUserId: never, authProvider: never, referralCode: never, createdAt: never },
  ...{ updatedAt: byGatehouse, lastLoginAt: byGatehouse, lastActiveAt: byGatehouse },
  version: 'cannot be set: send it in the header If-Match',
  referredBy: 'cannot be set here: use POST /api/referral',
  password: 'cannot be set here: use POST /auth/password',
});
