import { type CredentialRequest, readCredential } from './credential';
import { CredentialRefusedError } from './errors';
import { type DecodedJwt, decodeJwt } from './jwt';

/** Whose tokens are accepted: Clerk's RS256 ones, and our own HS256 ones if any. */
export interface Issuers {
  readonly clerk: string;
  readonly own?: string;
}

/** Which one verifier a request goes to, and with what. */
export type Classification =
  | { readonly verifier: 'none' }
  | { readonly verifier: 'api_key'; readonly key: string }
  | { readonly verifier: 'clerk_session' | 'legacy_jwt'; readonly jwt: DecodedJwt };

/**
 * Decides by the bytes of the credential alone which one verifier runs; whatever that verifier says is final. Throws
 * CredentialRequestError or CredentialRefusedError when there is none to run.
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

/** The verifier of a JWT, by its algorithm and issuer together. Throws CredentialRefusedError when there is none. */
export function classifyJwt(
  jwt: DecodedJwt,
  issuers: Issuers,
): Exclude<Classification, { verifier: 'none' | 'api_key' }> {
  const { alg } = jwt.header;
  const { iss } = jwt.claims;
  if (alg !== 'RS256' && alg !== 'HS256') throw new CredentialRefusedError('token_alg_unsupported');
  if (iss === issuers.clerk && alg === 'RS256') return { verifier: 'clerk_session', jwt };
  if (iss !== undefined && iss === issuers.own && alg === 'HS256') return { verifier: 'legacy_jwt', jwt };
  // One of ours with the other's algorithm is a forgery by key confusion rather than a stranger.
  const known = iss !== undefined && (iss === issuers.clerk || iss === issuers.own);
  throw new CredentialRefusedError(known ? 'token_alg_unsupported' : 'token_issuer_unknown');
}
