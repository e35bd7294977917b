import { type TokenFaults } from './token-minter';

/** Tokens that a verifier must reject, each for one reason. */
export const TOKEN_PRESETS = {
  expired: { expired: true },
  not_yet_valid: { clockSkewSeconds: 3_600 },
  issued_in_the_future: { claims: { iat: 99_999_999_999, exp: 99_999_999_999 } },
  foreign_key: { key: 'foreign' },
  unknown_kid: { key: 'foreign', header: { kid: 'ins_unknownUnknownUnknownUnkno' } },
  tampered_signature: { tampered: true },
  tampered_claims: { tamperedClaims: { sub: 'user_somebodyElseSomebodyElse00' } },
  unsigned: { algorithm: 'none' },
  hmac_with_public_key: { algorithm: 'HS256' },
  other_rsa_algorithm: { algorithm: 'RS512' },
  foreign_issuer: { claims: { iss: 'https://clerk.elsewhere.example' } },
  no_issuer: { claims: { iss: null } },
  foreign_party: { azp: 'https://evil.example' },
  pending_session: { claims: { sts: 'pending' } },
  impersonated: { claims: { act: { sub: 'user_adminAdminAdminAdminAdmin0' } } },
  other_category: { header: { cat: 'cl_B7d4PD222AAA' } },
  other_type: { header: { typ: 'at+jwt' } },
  unknown_crit: { header: { crit: ['b64'], b64: true } },
  no_subject: { claims: { sub: null } },
  foreign_subject: { claims: { sub: 'org_3AbCdEfGhIjKlMnOpQrStUvWxO1' } },
  no_session: { claims: { sid: null } },
  no_expiry: { claims: { exp: null } },
  text_for_time: { claims: { exp: '99999999999' } },
  infinite_time: { claimsText: (text: string) => text.replace(/"exp":\d+/, '"exp":1e999') },
  duplicate_claim: { claimsText: (text: string) => text.replace(/\}$/, ',"sub":"user_somebodyElseSomebodyElse00"}') },
  claims_not_json: { claimsText: (text: string) => text.slice(0, -1) },
  padded_base64: { encoding: 'padded' },
  non_canonical_base64: { encoding: 'non_canonical' },
} as const satisfies Record<string, TokenFaults>;

/** Name of a preset. */
export type TokenPreset = keyof typeof TOKEN_PRESETS;

/** Names of all presets. */
export const tokenPresets = Object.keys(TOKEN_PRESETS) as [TokenPreset, ...TokenPreset[]];
