import { randomInt } from 'node:crypto';
import { type ClerkApiError } from '../clerk/clerk-api-error';
import {
  CodeIncorrectError,
  VerificationDoneError,
  VerificationExpiredError,
  VerificationFailedError,
} from '../sign-in-errors';
import { isTestIdentifier, TEST_CODE } from './test-identifier';

/** Verification of a code. `expired` and `failed` are final; sending a new code starts a new verification. */
export interface CodeVerification {
  readonly object: 'verification_otp';
  readonly status: 'unverified' | 'verified' | 'expired' | 'failed';
  readonly strategy: 'email_code' | 'phone_code';
  readonly attempts: number;
  /** ms since 1970 */
  readonly expire_at: number;
}

/** A one-time code that was sent to an e-mail address or phone number. */
export interface SentCode {
  readonly code: string;
  readonly verification: CodeVerification;
}

/** What a code that somebody entered leads to. */
interface CodeAttempt {
  readonly verification: CodeVerification;
  /** Why the code is rejected; null for the right code. */
  readonly failure: ClerkApiError | null;
}

export function isEmail(identifier: string): boolean {
  return identifier.includes('@');
}

/** A new code for an e-mail address or phone number, without attempts. @param expireAt ms since 1970 */
export function newSentCode(identifier: string, expireAt: number): SentCode {
  const strategy = isEmail(identifier) ? 'email_code' : 'phone_code';
  return {
    code: newCode(identifier),
    verification: { object: 'verification_otp', status: 'unverified', strategy, attempts: 0, expire_at: expireAt },
  };
}

/** Compares a code that somebody entered with the one that was sent. @param attemptsAllowed number of wrong codes */
export function tryCode(
  { code, verification }: SentCode,
  entered: string,
  { now, attemptsAllowed }: { readonly now: number; readonly attemptsAllowed: number },
): CodeAttempt {
  if (verification.status === 'verified') return { verification, failure: new VerificationDoneError() };
  if (verification.status === 'failed') return { verification, failure: new VerificationFailedError() };
  if (now >= verification.expire_at) {
    return { verification: { ...verification, status: 'expired' }, failure: new VerificationExpiredError() };
  }
  const attempts = verification.attempts + 1;
  if (entered === code) return { verification: { ...verification, attempts, status: 'verified' }, failure: null };
  const status = attempts >= attemptsAllowed ? 'failed' : 'unverified';
  return { verification: { ...verification, attempts, status }, failure: new CodeIncorrectError() };
}

function newCode(identifier: string): string {
  if (isTestIdentifier(identifier)) return TEST_CODE;
  // A random code must not be `TEST_CODE`. Tests send `TEST_CODE` as a wrong code, and would fail if it were the right
  // one.
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  return code === TEST_CODE ? newCode(identifier) : code;
}
