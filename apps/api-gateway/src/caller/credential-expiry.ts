import { type VerifiedCredential } from './caller';

/**
 * When a credential expires; milliseconds since the epoch, or `Infinity`. The session of Clerk counts, and not its
 * tokens, which are valid for a minute: it has no known end.
 */
export function credentialExpiry(credential: VerifiedCredential): number {
  switch (credential.method) {
    case 'clerk_session':
      return Number.POSITIVE_INFINITY;
    case 'legacy_jwt':
      return credential.session.expiresAt;
    case 'api_key':
      return Math.min(
        credential.key.expiresAt ?? Number.POSITIVE_INFINITY,
        credential.key.console?.expiresAt ?? Number.POSITIVE_INFINITY,
      );
  }
}
