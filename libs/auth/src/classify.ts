import { CredentialRefusedError } from './errors';
import { type DecodedJwt } from './jwt';

/** Accepted issuers: Clerk's for RS256 tokens, and our own for HS256 tokens if Gatehouse tokens are enabled. */
export interface Issuers {
  readonly clerk: string;
  readonly own?: string;
}

/** A decoded JWT and its verifier. */
export interface ClassifiedJwt {
  readonly verifier: 'clerk_session' | 'legacy_jwt';
  readonly jwt: DecodedJwt;
}

/**
 * Selects the verifier of a JWT by its algorithm and issuer together. The selected verifier's result is final; no other
 * verifier is tried.
 * @throws CredentialRefusedError when no verifier accepts this algorithm from this issuer
 */
export function classifyJwt(jwt: DecodedJwt, issuers: Issuers): ClassifiedJwt {
  const { alg } = jwt.header;
  const { iss } = jwt.claims;
  if (alg !== 'RS256' && alg !== 'HS256') throw new CredentialRefusedError('token_alg_unsupported');
  if (iss === issuers.clerk && alg === 'RS256') return { verifier: 'clerk_session', jwt };
  if (iss !== undefined && iss === issuers.own && alg === 'HS256') return { verifier: 'legacy_jwt', jwt };
  // A token that names one issuer but uses the algorithm of the other issuer is an attempt at key confusion.
  const known = iss !== undefined && (iss === issuers.clerk || iss === issuers.own);
  throw new CredentialRefusedError(known ? 'token_alg_unsupported' : 'token_issuer_unknown');
}
