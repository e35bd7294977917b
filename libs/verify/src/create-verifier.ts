import { type JWTVerifyGetKey, createRemoteJWKSet, errors, jwtVerify } from 'jose';
import { type Caller, callerOf } from './caller';
import { AssertionInvalidError, KeysUnavailableError, OptionInvalidError } from './errors';

/** Options of {@link createVerifier}. */
export interface VerifierOptions {
  /** `PUBLIC_URL` of the gateway, such as `https://api.example.com`. */
  readonly issuer: string;
  /** `audience` of this service in the policy of the gate. */
  readonly audience: string;
  /** URL of the key set, if the service reaches the gateway by another address. Default: below the issuer. */
  readonly jwksUrl?: string;
  /** Allowed difference between the clocks of gateway and service; seconds. Default: 5. */
  readonly clockToleranceSeconds?: number;
}

/**
 * Verifies the value of the header `X-Gatehouse-Assertion`.
 * @throws AssertionInvalidError, KeysUnavailableError
 */
export type Verifier = (assertion: string | readonly string[] | undefined) => Promise<Caller>;

const KEY_SET = '.well-known/jwks.json';
const FETCH_LIMIT_MS = 5_000;
/** The gateway allows this time. */
const KEYS_MAX_AGE_MS = 300_000;
/** Shortest time between two fetches because of unknown keys. Forged assertions name keys that do not exist. */
const COOLDOWN_MS = 10_000;
const MAX_LENGTH = 16 * 1024;
const DEFAULT_TOLERANCE_SECONDS = 5;
const MAX_TOLERANCE_SECONDS = 60;

/**
 * Makes the verifier of a service behind the gate. It fetches the keys of the gateway at the first assertion, keeps them
 * for 5 minutes, and fetches them again when an assertion names an unknown key.
 *
 * @example
 *   const verify = createVerifier({ issuer: 'https://api.example.com', audience: 'orders' });
 *   const caller = await verify(request.headers['x-gatehouse-assertion']);
 *
 * @throws OptionInvalidError
 */
export function createVerifier(options: VerifierOptions): Verifier {
  const { issuer, audience, clockToleranceSeconds = DEFAULT_TOLERANCE_SECONDS } = options;
  const jwksUrl = checkOptions(options);
  const keys = createRemoteJWKSet(jwksUrl, {
    timeoutDuration: FETCH_LIMIT_MS,
    cacheMaxAge: KEYS_MAX_AGE_MS,
    cooldownDuration: COOLDOWN_MS,
  });
  const findKey: JWTVerifyGetKey = async (header, token) => {
    try {
      return await keys(header, token);
    } catch (error) {
      // The key set was read, and has no such key.
      if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys) throw error;
      throw new KeysUnavailableError({ cause: error });
    }
  };
  const rules = {
    issuer: issuer.replace(/\/+$/, ''),
    audience,
    typ: 'gatehouse+jwt',
    algorithms: ['EdDSA'],
    requiredClaims: ['exp', 'iat', 'sub'],
    clockTolerance: clockToleranceSeconds,
  };
  return async (assertion) => {
    if (assertion === undefined || assertion === '') throw new AssertionInvalidError('missing');
    if (typeof assertion !== 'string' || assertion.length > MAX_LENGTH) throw new AssertionInvalidError('invalid');
    const { payload } = await jwtVerify(assertion, findKey, rules).catch((error: unknown) => {
      throw refusalOf(error);
    });
    const caller = callerOf(payload);
    if (caller === undefined) throw new AssertionInvalidError('invalid');
    return caller;
  };
}

/**
 * Returns the URL of the key set. The types do not protect a service that reads its options from the environment: without
 * an audience, every assertion of the gateway would be accepted.
 */
function checkOptions({ issuer, audience, jwksUrl, clockToleranceSeconds: tolerance }: VerifierOptions): URL {
  if (urlOf(issuer) === undefined) throw new OptionInvalidError('issuer', 'an http:// or https:// URL');
  if (typeof audience !== 'string' || audience === '') throw new OptionInvalidError('audience', 'a text, not empty');
  const url = urlOf(jwksUrl ?? `${issuer.replace(/\/+$/, '')}/${KEY_SET}`);
  if (url === undefined) throw new OptionInvalidError('jwksUrl', 'an http:// or https:// URL');
  if (tolerance !== undefined && !(tolerance >= 0 && tolerance <= MAX_TOLERANCE_SECONDS)) {
    throw new OptionInvalidError('clockToleranceSeconds', `a number from 0 to ${MAX_TOLERANCE_SECONDS}`);
  }
  return url;
}

function urlOf(text: unknown): URL | undefined {
  return typeof text === 'string' && /^https?:\/\//.test(text) && URL.canParse(text) ? new URL(text) : undefined;
}

function refusalOf(error: unknown): Error {
  if (error instanceof KeysUnavailableError) return error;
  if (error instanceof errors.JWTExpired) return new AssertionInvalidError('expired', { cause: error });
  const isOtherAudience = error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud';
  return new AssertionInvalidError(isOtherAudience ? 'other_audience' : 'invalid', { cause: error });
}
