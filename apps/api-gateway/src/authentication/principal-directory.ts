import { type ClerkSession, CredentialRefusedError, type LegacySession } from '@gatehouse/auth';
import {
  type Holder,
  type Principal,
  type ReplyOf,
  resolveLegacySession,
  resolvePrincipal,
} from '@gatehouse/contracts';
import { type RequestClient, RequestRefusedError } from '@gatehouse/messaging';
import { AccountInactiveError, PrincipalMismatchError, UserUnknownError } from '../errors';
import { type ChangeFeed } from '../trust/change-feed';
import { type LookupResult, TrustedLookup } from '../trust/trusted-lookup';
import { type MaybePromise, whenKnown } from '../maybe-promise';

type ClerkFound = ReplyOf<typeof resolvePrincipal>;
type LegacyFound = ReplyOf<typeof resolveLegacySession>;

/**
 * Whom a verified session belongs to here, asked of user-sync: of a Clerk session the user is made just in time, of a
 * token of our own never.
 */
export class PrincipalDirectory {
  private readonly clerkSessions: TrustedLookup<ClerkFound & { readonly sessionId: string }>;
  private readonly legacySessions: TrustedLookup<LegacyFound & { readonly sessionId: string }>;

  constructor(
    private readonly services: RequestClient,
    feed: ChangeFeed,
    onResult?: (result: LookupResult) => void,
  ) {
    this.clerkSessions = new TrustedLookup(
      feed,
      ({ userId, sessionId }) => [`user:${userId}`, `clerk_session:${sessionId}`],
      onResult,
    );
    this.legacySessions = new TrustedLookup(
      feed,
      ({ session, sessionId }) =>
        session === null ? undefined : [`user:${session.userId}`, `legacy_session:${sessionId}`],
      onResult,
    );
  }

  /** Throws AccountInactiveError, UserUnknownError, CredentialRefusedError, or RequestRefusedError as user-sync answered. */
  ofClerkSession(session: ClerkSession, requestId: string): MaybePromise<Principal> {
    const { clerkUserId, sessionId } = session;
    const found = this.clerkSessions.find(`${clerkUserId} ${sessionId}`, () => this.askClerk(session, requestId));
    return whenKnown(found, (holder) => {
      if (holder.sessionEnded) throw new CredentialRefusedError('token_revoked');
      return actingPrincipal(holder, { method: 'clerk_session', sessionId, scopes: [] });
    });
  }

  /** Throws AccountInactiveError, CredentialRefusedError, or RequestRefusedError as user-sync answered. */
  ofLegacySession({ jti, userId }: LegacySession, requestId: string): MaybePromise<Principal> {
    const found = this.legacySessions.find(`${jti} ${userId}`, () => this.askLegacy(jti, userId, requestId));
    return whenKnown(found, ({ session }) => {
      if (session === null || session.closed) throw new CredentialRefusedError('token_revoked');
      if (session.expiresAt <= Date.now()) throw new CredentialRefusedError('token_expired');
      return actingPrincipal(session, { method: 'legacy_jwt', sessionId: jti, scopes: [] });
    });
  }

  private async askClerk({ clerkUserId, sessionId }: ClerkSession, requestId: string) {
    try {
      const found = await this.services.send(
        resolvePrincipal,
        { clerkUserId, sessionId },
        { principal: null, requestId },
      );
      if (found.clerkUserId !== clerkUserId) throw new PrincipalMismatchError();
      return { ...found, sessionId };
    } catch (error) {
      if (error instanceof RequestRefusedError && error.reason === 'not_found')
        throw new UserUnknownError({ cause: error });
      throw error;
    }
  }

  private async askLegacy(sessionId: string, userId: string, requestId: string) {
    const found = await this.services.send(resolveLegacySession, { sessionId, userId }, { principal: null, requestId });
    if (found.session !== null && found.session.userId !== userId) throw new PrincipalMismatchError();
    return { ...found, sessionId };
  }
}

/** The principal that a user, who may act now, is by a credential. Throws AccountInactiveError. */
export function actingPrincipal(
  holder: Holder,
  by: Pick<Principal, 'method' | 'sessionId' | 'scopes' | 'keyId'>,
): Principal {
  const { userId, clerkUserId, role, tier, isActive } = holder;
  if (!isActive) throw new AccountInactiveError();
  return { userId, clerkUserId, role, tier, ...by };
}
