import { z } from 'zod';

/**
 * Id of a Clerk user. Clerk's ids are `user_` and 27 base62 characters. The pattern also accepts other lengths, dashes
 * and underscores, in case Clerk changes its ids. It accepts no white space and no character with a meaning in URLs or
 * NATS subjects.
 */
export const clerkUserIdSchema = z.string().regex(/^user_[A-Za-z0-9_-]{1,120}$/, 'is not a Clerk user id');

/** Id of a Clerk session; the claim `sid` of its tokens. */
export const clerkSessionIdSchema = z.string().regex(/^sess_[A-Za-z0-9_-]{1,120}$/, 'is not a Clerk session id');

/**
 * Milliseconds since the epoch. Clerk sends milliseconds, but examples in its older documentation show seconds. So a
 * value below 1e12, which in milliseconds would be before September 2001, is converted from seconds.
 */
export const clerkTimeSchema = z
  .number()
  .int()
  .nonnegative()
  .max(8_640_000_000_000_000)
  .transform((value) => (value < 1e12 ? value * 1000 : value));

const verificationSchema = z.looseObject({ status: z.string().nullish() }).nullish();

/**
 * An e-mail address of a Clerk user. user-sync stores one address per user. It never chooses an entry without
 * `email_address`. An entry without `id` cannot be the primary address.
 */
const emailAddressSchema = z.looseObject({
  id: z.string().nullish(),
  email_address: z.string().max(320).nullish(),
  created_at: z.number().nullish(),
  reserved: z.boolean().nullish(),
  verification: verificationSchema,
});

const phoneNumberSchema = z.looseObject({
  id: z.string().nullish(),
  phone_number: z.string().max(32).nullish(),
  created_at: z.number().nullish(),
  reserved: z.boolean().nullish(),
  verification: verificationSchema,
});

/** A list that Clerk may omit or send as null. */
const listOf = <Entry extends z.ZodType>(entry: Entry) =>
  z
    .array(entry.nullish())
    .nullish()
    .transform((entries) => (entries ?? []).filter((each) => each !== null && each !== undefined));

/**
 * A Clerk user in webhooks and in the Backend API. Checks the fields that Gatehouse reads; keeps all others.
 * @see https://clerk.com/docs/reference/backend-api (User)
 */
export const clerkUserSchema = z.looseObject({
  id: clerkUserIdSchema,
  updated_at: clerkTimeSchema,
  created_at: clerkTimeSchema.nullish(),
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  username: z.string().nullish(),
  image_url: z.string().nullish(),
  primary_email_address_id: z.string().nullish(),
  primary_phone_number_id: z.string().nullish(),
  email_addresses: listOf(emailAddressSchema),
  phone_numbers: listOf(phoneNumberSchema),
  banned: z.boolean().nullish(),
  /** Directory sync (SCIM) has deactivated the user. */
  deprovisioned: z.boolean().nullish(),
  locked: z.boolean().nullish(),
  /**
   * Seconds until the lockout ends, counted from when Clerk wrote this object. Null without a lockout, or if the
   * lockout has no end.
   */
  lockout_expires_in_seconds: z.number().nullish(),
  last_sign_in_at: clerkTimeSchema.nullish(),
  last_active_at: clerkTimeSchema.nullish(),
  public_metadata: z.record(z.string(), z.unknown()).nullish(),
});

/** A Clerk user; times in milliseconds since the epoch. */
export type ClerkUser = z.output<typeof clerkUserSchema>;
