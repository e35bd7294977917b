import { z } from 'zod';
import { filterText } from './filter-text';
import { pageOf, pageRequestSchema } from './page';
import { defineRequest } from './request';
import { shownValue } from './shown-value';
import { timeSchema } from './time';
import { userRefSchema } from './user-ref';
import { uuidSchema } from './uuid';

/**
 * Why a referral code was rejected.
 *
 * - `referral_code_unknown`: no user who may act has the code.
 * - `referral_own_code`: the code is the user's own.
 * - `referral_used`: the user has used another code.
 * - `referral_too_late`: the user's first login was more than 24 hours ago.
 * - `referral_mutual`: the owner of the code has used the user's code.
 */
export const referralRejections = [
  'referral_code_unknown',
  'referral_own_code',
  'referral_used',
  'referral_too_late',
  'referral_mutual',
] as const;

/** Why a referral code was rejected. */
export type ReferralRejection = (typeof referralRejections)[number];

/** What became of a referral code that was sent at a login. The login succeeds in either case. */
export const referralOutcomeSchema = z.object({
  state: shownValue(['recorded', 'rejected']),
  /** Why it was rejected; null if it was recorded. */
  reason: shownValue([...referralRejections, 'rate_limited']).nullable(),
});

/** What became of a referral code that was sent at a login. */
export type ReferralOutcome = z.output<typeof referralOutcomeSchema>;

/** The referrals of the calling user: to others, and by another. */
export const referralSchema = z.object({
  /** The user's own code, for others to use. */
  code: z.string(),
  /** How many users have used the code. */
  referredUsers: z.int().nonnegative(),
  /** The code that the user has used; null if none. */
  used: z.object({ code: z.string(), at: timeSchema }).nullable(),
  /** Whether the user can use a code now. */
  canUseCode: z.boolean(),
  /** Until when the user can use a code; null if it cannot, or while no login of the user is known. */
  usableUntil: timeSchema.nullable(),
});

/** The referrals of the calling user. */
export type Referral = z.output<typeof referralSchema>;

/** Returns the referrals of the calling user. */
export const getReferral = defineRequest({
  subject: 'user-sync.referral.get',
  repeatable: true,
  request: z.strictObject({}),
  reply: referralSchema,
});

/**
 * Records that the calling user was referred by the owner of a code. Works once, within 24 hours of the user's first
 * login. The same code again changes nothing and returns the same. Rejected with a {@link ReferralRejection}.
 */
export const useReferralCode = defineRequest({
  subject: 'user-sync.referral.use',
  repeatable: true,
  // As people type it: in any letter case, with or without prefix, spaces and hyphens.
  request: z.strictObject({ code: filterText(64).trim().min(1) }),
  reply: referralSchema,
});

/** A user who has used another user's referral code. */
export const referredUserSchema = z.object({
  userId: uuidSchema,
  clerkUserId: z.string().nullable(),
  fullName: z.string(),
  isActive: z.boolean(),
  createdAt: timeSchema,
  referredAt: timeSchema,
  deletedAt: timeSchema.nullable(),
});

/** Lists the users who have used the referral code of a user, newest first; for admins. */
export const listReferrals = defineRequest({
  subject: 'user-sync.referrals.list',
  repeatable: true,
  request: pageRequestSchema.extend({ userId: userRefSchema }),
  reply: pageOf(referredUserSchema),
});
