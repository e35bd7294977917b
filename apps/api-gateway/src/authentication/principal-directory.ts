import { type ClerkSession, CredentialRefusedError, type LegacySession } from '@gatehouse/auth';
import {
  type Holder,
  type Principal,
  type ReplyOf,
  resolveLegacySession,
  resolvePrincipal,
} from '@gatehouse/contracts';
import { RequestClient, RequestRefusedError } from '@gatehouse/messaging';
import { Injectable } from '@nestjs/common';
import { AccountInactiveError, PrincipalMismatchError, UserUnknownError } from '../errors';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { TrustChangeFeed } from '../trust/trust-change-feed';
import { type LookupResult, TrustedLookup } from '../trust/trusted-lookup';

type ClerkFound = ReplyOf<typeof resolvePrincipal>;
type LegacyFound = ReplyOf<typeof resolveLegacySession>;

/**
 * Finds the user of a verified session at user-sync. If the user of a Clerk session does not exist yet, user-sync
 * creates it. The user of a Gatehouse token existed when the token was minted, so it is only looked up.
 */
@Injectable()
export class PrincipalDirectory {
  private readonly clerkSessions: TrustedLookup<ClerkFound & { readonly sessionId: string }>;
  private readonly legacySessions: TrustedLookup<LegacyFound & { readonly sessionId: string }>;

  constructor(
    private readonly services: RequestClient,
    feed: TrustChangeFeed,
    metrics: GatewayMetrics,
  ) {
    const onResult = (result: LookupResult) => metrics.principalLookups.inc({ result });
    this.clerkSessions = new TrustedLookup(
      feed,
      // An answer that Clerk had to decide, but did not, is asked for again.
      ({ userId, sessionId, signedOutBefore }) =>
        signedOutBefore === undefined ? [`user:${userId}`, `clerk_session:${sessionId}`] : undefined,
      onResult,
    );
    this.legacySessions = new TrustedLookup(
      feed,
      ({ session, sessionId }) =>
        session === null ? undefined : [`user:${session.userId}`, `legacy_session:${sessionId}`],
      onResult,
    );
  }

  /**
   * Returns the principal of a Clerk session.
   * @throws AccountInactiveError, UserUnknownError, CredentialRefusedError `token_revoked`, RequestRefusedError of user-sync
   *   or `clerk_unavailable`
   */
  ofClerkSession(session: ClerkSession, requestId: string): MaybePromise<Principal> {
    const { clerkUserId, sessionId } = session;
    const found = this.clerkSessions.find(`${clerkUserId} ${sessionId}`, () => this.lookUpClerk(session, requestId));
    return whenKnown(found, (holder) => {
      if (holder.sessionEnded) throw endOf(session, holder);
      return actingPrincipal(holder, { method: 'clerk_session', sessionId, scopes: [] });
    });
  }

  /**
   * Returns the principal of a Gatehouse token.
   * @throws AccountInactiveError, CredentialRefusedError, RequestRefusedError of user-sync
   */
  ofLegacySession({ jti, userId }: LegacySession, requestId: string): MaybePromise<Principal> {
    const found = this.legacySessions.find(`${jti} ${userId}`, () => this.lookUpLegacy(jti, userId, requestId));
    return whenKnown(found, ({ session }) => {
      if (session === null || session.closed) throw new CredentialRefusedError('token_revoked');
      if (session.expiresAt <= Date.now()) throw new CredentialRefusedError('token_expired');
      return actingPrincipal(session, { method: 'legacy_jwt', sessionId: jti, scopes: [] });
    });
  }

  private async lookUpClerk({ clerkUserId, sessionId }: ClerkSession, requestId: string) {
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

  private async lookUpLegacy(sessionId: string, userId: string, requestId: string) {
    const found = await this.services.send(resolveLegacySession, { sessionId, userId }, { principal: null, requestId });
    if (found.session !== null && found.session.userId !== userId) throw new PrincipalMismatchError();
    return { ...found, sessionId };
  }
}

/** Clocks of Clerk and user-sync may differ by this; `iat` is in whole seconds. Milliseconds. */
const CLOCK_TOLERANCE_MS = 6_000;

/**
 * Error for a session that has ended, or that may have. The user may have signed out everywhere while Clerk does not say
 * when the session began. A token from before belongs to an ended session. Any other token may belong to a new one, so
 * its client must not sign out: it gets a 503 and retries.
 */
function endOf({ issuedAt }: ClerkSession, { signedOutBefore }: Pick<ClerkFound, 'signedOutBefore'>): Error {
  if (signedOutBefore === undefined || issuedAt + CLOCK_TOLERANCE_MS <= signedOutBefore) {
    return new CredentialRefusedError('token_revoked');
  }
  return new RequestRefusedError('clerk_unavailable', 'Clerk does not say when the session began.');
}

/**
 * Builds the principal of the user `holder`. `by` describes the credential.
 * @throws AccountInactiveError if the user is not active
 */
export function actingPrincipal(
  holder: Holder,
  by: Pick<Principal, 'method' | 'sessionId' | 'scopes' | 'keyId'>,
): Principal {
  const { userId, clerkUserId, role, tier, isActive } = holder;
  if (!isActive) throw new AccountInactiveError();
  return { userId, clerkUserId, role, tier, ...by };
}
