import { CredentialRefusedError } from '@gatehouse/auth';
import { type VerifiedCredential } from './caller';

/**
 * Rejects impersonated sessions: what they create would outlive the impersonation, and they must not sign the user out.
 * @throws CredentialRefusedError `token_impersonated`
 */
export function requireOwnSession(credential: VerifiedCredential): void {
  const { method } = credential;
  if (method === 'clerk_session' && credential.session.actor !== null) {
    throw new CredentialRefusedError('token_impersonated');
  }
}
