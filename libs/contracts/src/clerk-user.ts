import { z } from 'zod';

/** `user_` and base62, as Clerk makes them; longer and dashed ones are let through, white space and wildcards are not. */
export const clerkUserIdSchema = z.string().regex(/^user_[A-Za-z0-9_-]{1,120}$/, 'is not a Clerk user id');

/** A Clerk session's id, as its tokens have it in `sid`. */
export const clerkSessionIdSchema = z.string().regex(/^sess_[A-Za-z0-9_-]{1,120}$/, 'is not a Clerk session id');

/** Milliseconds since the epoch; Clerk's older documents show seconds, which are below 1e12 and are scaled. */
export const clerkTimeSchema = z
  .number()
  .int()
  .nonnegative()
  .max(8_640_000_000_000_000)
  .transform((value) => (value < 1e12 ? value * 1000 : value));

const verificationSchema = z.looseObject({ status: z.string().nullish() }).nullish();

const emailAddressSchema = z.looseObject({
  id: z.string(),
  email_address: z.string().max(320),
  verification: verificationSchema,
});

const phoneNumberSchema = z.looseObject({
  id: z.string(),
  phone_number: z.string().max(32),
  reserved: z.boolean().nullish(),
  verification: verificationSchema,
});

/**
 * A Clerk user as webhooks and the Backend API give it: strict on what Gatehouse reads, everything else passes through.
 * @see https://clerk.com/docs/reference/backend-api (User)
 */
export const clerkUserSchema = z.looseObject({
  id: clerkUserIdSchema,
  updated_at: clerkTimeSchema,
  created_at: clerkTimeSchema,
  first_name: z.string().nullish(),
  last_name: z.string().nullish(),
  username: z.string().nullish(),
  image_url: z.string().nullish(),
  primary_email_address_id: z.string().nullish(),
  primary_phone_number_id: z.string().nullish(),
  email_addresses: z.array(emailAddressSchema).default([]),
  phone_numbers: z.array(phoneNumberSchema).default([]),
  banned: z.boolean().nullish(),
  locked: z.boolean().nullish(),
  last_sign_in_at: clerkTimeSchema.nullish(),
  last_active_at: clerkTimeSchema.nullish(),
  public_metadata: z.record(z.string(), z.unknown()).nullish(),
});

/** A Clerk user, times in milliseconds. */
export type ClerkUser = z.output<typeof clerkUserSchema>;
