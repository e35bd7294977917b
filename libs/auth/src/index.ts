export {
  API_KEY_RANDOM_BYTES,
  apiKeyEnvironments,
  apiKeyHash,
  apiKeyPrefix,
  mintApiKey,
  parseApiKey,
  type ApiKeyEnvironment,
} from './api-key';
export { classifyJwt, type ClassifiedJwt, type Issuers } from './classify';
export { withoutClerkCookies, withoutCookies } from './clerk-cookies';
export { ClerkSessionVerifier, type ClerkSession } from './clerk-session';
export { readCredential, type Credential } from './credential';
export { createEnvelopeSigner, createEnvelopeVerifier, type EnvelopeVerifier } from './envelope';
export {
  CredentialRefusedError,
  CredentialRequestError,
  KeysUnavailableError,
  credentialFaults,
  credentialRequestFaults,
} from './errors';
export { JwksCache } from './jwks-cache';
export { type SignatureCheck } from './jws-signature';
export { decodeJwt, maxTokenLength } from './jwt';
export { pinnedKey, type KeySource } from './key-source';
export { LegacyJwtVerifier, legacySecrets, mintLegacyJwt, type LegacyJwtRules, type LegacySession } from './legacy-jwt';
export { chooseSessionToken, readCookies, readSessionCookies } from './session-cookies';
export { parseStrictJson, repeatedMember, type JsonFault } from './strict-json';
export { type TokenKey, VerifiedTokenCache } from './verified-token-cache';
