/** How users of the instance have one attribute, and whether they sign in with it. */
export interface UserAttribute {
  readonly enabled: boolean;
  readonly required: boolean;
  readonly used_for_first_factor: boolean;
  readonly first_factors: readonly string[];
  readonly used_for_second_factor: boolean;
  readonly second_factors: readonly string[];
  readonly verifications: readonly string[];
  readonly verify_at_sign_up: boolean;
  readonly immutable: boolean;
}

const OFF: UserAttribute = {
  enabled: false,
  required: false,
  used_for_first_factor: false,
  first_factors: [],
  used_for_second_factor: false,
  second_factors: [],
  verifications: [],
  verify_at_sign_up: false,
  immutable: false,
};

const OPTIONAL: UserAttribute = { ...OFF, enabled: true };

/** An address to which codes are sent. */
function verifiedBy(strategy: string): UserAttribute {
  const usedToSignIn = { used_for_first_factor: true, first_factors: [strategy] };
  return { ...OPTIONAL, ...usedToSignIn, verifications: [strategy], verify_at_sign_up: true };
}

/** Users sign up and in with an e-mail address or a phone number, and may have a name. */
export const userAttributes = {
  email_address: verifiedBy('email_code'),
  phone_number: verifiedBy('phone_code'),
  username: OFF,
  web3_wallet: OFF,
  first_name: OPTIONAL,
  last_name: OPTIONAL,
  password: OFF,
  authenticator_app: OFF,
  ticket: OFF,
  backup_code: OFF,
  passkey: OFF,
} as const satisfies Record<string, UserAttribute>;
