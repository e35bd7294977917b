/** A sign-in by one-time code, as the control API returns it, without the code. Times in ms since 1970. */
export interface SignIn {
  readonly object: 'sign_in_attempt';
  readonly id: string;
  readonly status: 'needs_first_factor' | 'complete';
  readonly identifier: string;
  /** Null while no user has the identifier. */
  readonly user_id: string | null;
  readonly created_session_id: string | null;
  readonly created_at: number;
  readonly first_factor_verification: CodeVerification;
}

/** Verification of the code. `expired` and `failed` are final; resending the code starts a new verification. */
interface CodeVerification {
  readonly object: 'verification_otp';
  readonly status: 'unverified' | 'verified' | 'expired' | 'failed';
  readonly strategy: 'email_code' | 'phone_code';
  readonly attempts: number;
  readonly expire_at: number;
}

/** A sign-in with the fields that the control API does not return. */
export interface StoredSignIn {
  readonly signIn: SignIn;
  readonly code: string;
  /** True when the new session gets the status `pending`. */
  readonly pending: boolean;
}

export function isEmail(identifier: string): boolean {
  return identifier.includes('@');
}

/** A verification without attempts. @param expireAt ms since 1970 */
export function newVerification(identifier: string, expireAt: number): CodeVerification {
  return {
    object: 'verification_otp',
    status: 'unverified',
    strategy: isEmail(identifier) ? 'email_code' : 'phone_code',
    attempts: 0,
    expire_at: expireAt,
  };
}

/** A copy of the sign-in with the given changes to its verification. */
export function withVerification(stored: StoredSignIn, changes: Partial<CodeVerification>): StoredSignIn {
  const first_factor_verification = { ...stored.signIn.first_factor_verification, ...changes };
  return { ...stored, signIn: { ...stored.signIn, first_factor_verification } };
}
