import { type CodeVerification, type SentCode } from './sent-code';

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

/** A sign-in with the fields that the control API does not return. */
export interface StoredSignIn {
  readonly signIn: SignIn;
  readonly code: string;
  /** True when the new session gets the status `pending`. */
  readonly pending: boolean;
}

/** The code that was sent last for the sign-in. */
export function sentCodeOf({ signIn, code }: StoredSignIn): SentCode {
  return { code, verification: signIn.first_factor_verification };
}

/** A copy of the sign-in with another verification. */
export function withVerification(stored: StoredSignIn, verification: CodeVerification): StoredSignIn {
  return { ...stored, signIn: { ...stored.signIn, first_factor_verification: verification } };
}
