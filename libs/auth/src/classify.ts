import { type CredentialRequest, readCredential } from './credential';
import { CredentialRefusedError } from './errors';
import { type DecodedJwt, decodeJwt } from './jwt';

/** Accepted issuers: Clerk's for RS256 tokens, and our own for HS256 tokens when legacy tokens are enabled. */
export interface Issuers {
  readonly clerk: string;
  readonly own?: string;
}

/** The one verifier for a request, and its input. */
export type Classification =
  | { readonly verifier: 'none' }
  | { readonly verifier: 'api_key'; readonly key: string }
  | { readonly verifier: 'clerk_session' | 'legacy_jwt'; readonly jwt: DecodedJwt };

/**
 * Selects the verifier of a request from the bytes of its credential alone. The result of that verifier is final; no other
 * one is tried.
 * @throws CredentialRequestError when the credential cannot be read
 * @throws CredentialRefusedError when no verifier accepts such a credential
 */
export function classify(request: CredentialRequest, issuers: Issuers): Classification {
  const credential = readCredential(request);
  switch (credential.kind) {
    case 'none':
      return { verifier: 'none' };
    case 'api_key':
      return { verifier: 'api_key', key: credential.key };
    case 'jwt':
      return classifyJwt(decodeJwt(credential.token), issuers);
  }
}

/**
 * Selects the verifier of a JWT by its algorithm and issuer together.
 * @throws CredentialRefusedError when no verifier accepts them
 */
export function classifyJwt(
  jwt: DecodedJwt,
  issuers: Issuers,
): Exclude<Classification, { verifier: 'none' | 'api_key' }> {
  const { alg } = jwt.header;
  const { iss } = jwt.claims;
  if (alg !== 'RS256' && alg !== 'HS256') throw new CredentialRefusedError('token_alg_unsupported');
  if (iss === issuers.clerk && alg === 'RS256') return { verifier: 'clerk_session', jwt };
  if (iss !== undefined && iss === issuers.own && alg === 'HS256') return { verifier: 'legacy_jwt', jwt };
  // A known issuer with the algorithm of the other one is an attempt at key confusion.
  const known = iss !== undefined && (iss === issuers.clerk || iss === issuers.own);
  throw new CredentialRefusedError(known ? 'token_alg_unsupported' : 'token_issuer_unknown');
}
