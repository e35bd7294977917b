import { type ClerkApiError } from '../clerk/clerk-api-error';
import { endedVerification, type OauthVerification } from '../clerk/external-account';
import { clerkErrorBody } from '../http/clerk-error.filter';

/** The verification after the browser came back from the provider, and did not sign in or up. */
export function failedVerification(
  verification: OauthVerification,
  status: 'failed' | 'transferable',
  error: ClerkApiError,
): OauthVerification {
  return endedVerification(verification, status, clerkErrorBody(error.errors).errors[0]);
}
