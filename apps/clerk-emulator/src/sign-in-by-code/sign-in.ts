/** A sign-in by one-time code, as the emulator's control API shows it; never with the code. Times in ms. */
export interface SignIn {
  readonly object: 'sign_in_attempt';
  readonly id: string;
  readonly status: 'needs_first_factor' | 'complete';
  readonly identifier: string;
  /** null until somebody signed up has one. */
  readonly user_id: string | null;
  readonly created_session_id: string | null;
  readonly created_at: number;
  readonly first_factor_verification: {
    readonly object: 'verification_otp';
    readonly status: 'unverified' | 'verified' | 'expired' | 'failed';
    readonly strategy: 'email_code' | 'phone_code';
    readonly attempts: number;
    readonly expire_at: number;
  };
}

/** What the emulator knows of a sign-in besides. */
export interface SignInSecret {
  readonly code: string;
  /** The session will be pending. */
  readonly pending: boolean;
  /** Who is signed up, if nobody has the identifier. */
  readonly signUp: boolean;
}
