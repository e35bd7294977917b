import { CredentialRefusedError } from '@gatehouse/auth';
import { type VerifiedCredential } from './caller';

/**
 * Refuses whoever acts as somebody else: what is made here would outlive the impersonation and not show it. Throws
 * CredentialRefusedError.
 */
export function requireOwnSession(credential: VerifiedCredential): void {
  const { method } = credential;
  if (method === 'clerk_session' && credential.session.actor !== null) {
    throw new CredentialRefusedError('token_impersonated');
  }
}
