export {
  API_KEY_RANDOM_BYTES,
  apiKeyEnvironments,
  apiKeyHash,
  apiKeyPrefix,
  mintApiKey,
  parseApiKey,
  type ApiKeyEnvironment,
  type ParsedApiKey,
} from './api-key';
export { classify, classifyJwt, type Classification, type Issuers } from './classify';
export { ClerkSessionVerifier, type ClerkSession, type ClerkSessionRules } from './clerk-session';
export { type Clock } from './clock';
export { readCredential, type Credential, type CredentialRequest } from './credential';
export { createEnvelopeSigner, createEnvelopeVerifier, type EnvelopeSigner, type EnvelopeVerifier } from './envelope';
export {
  ApiKeyRandomnessError,
  CredentialRefusedError,
  CredentialRequestError,
  EnvelopeInvalidError,
  KeyInvalidError,
  KeySetInvalidError,
  KeysUnavailableError,
  SecretInvalidError,
  credentialFaults,
  credentialRequestFaults,
  type CredentialFault,
  type CredentialRequestFault,
  type EnvelopeFault,
} from './errors';
export { JwksCache, type JwksCacheOptions } from './jwks-cache';
export { type SignatureCheck } from './jws-signature';
export { decodeJwt, maxTokenLength, type DecodedJwt } from './jwt';
export { pinnedKey, type KeySource, type Successor } from './key-source';
export {
  LegacyJwtVerifier,
  legacySecrets,
  mintLegacyJwt,
  type LegacyClaims,
  type LegacyJwtRules,
  type LegacySession,
} from './legacy-jwt';
export { chooseSessionToken, readCookies, readSessionCookies } from './session-cookies';
export { parseStrictJson, repeatedMember, type JsonFault } from './strict-json';
export { type TokenKey, VerifiedTokenCache } from './verified-token-cache';
