import { CredentialRefusedError } from './errors';
import { type JsonObject } from './json-object';

/** Allowed difference between the issuer's clock and ours. */
const SKEW_MS = 5_000;

/**
 * Checks the claims `iat`, `exp` and `nbf` (optional), with a tolerance of five seconds.
 * @returns `iat` and `exp` in milliseconds since the epoch
 * @throws CredentialRefusedError
 */
export function checkTimes({ exp, nbf, iat }: JsonObject, now: number): { issuedAt: number; expiresAt: number } {
  if (!isTime(exp) || !isTime(iat) || (nbf !== undefined && !isTime(nbf))) {
    throw new CredentialRefusedError('token_claim_invalid');
  }
  if (exp * 1_000 <= now - SKEW_MS) throw new CredentialRefusedError('token_expired');
  if (Math.max(iat, nbf ?? iat) * 1_000 > now + SKEW_MS) throw new CredentialRefusedError('token_not_yet_valid');
  return { issuedAt: iat * 1_000, expiresAt: exp * 1_000 };
}

/** Whether the value is a time in seconds that a Date can hold. */
function isTime(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && value <= 8_640_000_000_000;
}
