import { type ClerkSession, type Clock } from '@gatehouse/auth';
import { type Principal, type ReplyOf, resolvePrincipal } from '@gatehouse/contracts';
import { type RequestClient, RequestRefusedError } from '@gatehouse/messaging';
import { LRUCache } from 'lru-cache';
import { AccountInactiveError, PrincipalMismatchError, UserUnknownError } from '../errors';
import { type GatewayMetrics } from '../measure-requests/gateway-metrics';

type Found = ReplyOf<typeof resolvePrincipal>;

const MAX_CACHED = 20_000;
/** How long a change of role or activity may go unseen. */
const TTL_MS = 3_000;
/** More callers than this are not looked up at once: a slow user-sync must not fill the memory. */
const MAX_IN_FLIGHT = 1_000;

/**
 * Whom a verified session belongs to here, asked of user-sync, which makes the user just in time. Answers are kept for
 * three seconds, and a crowd of first requests of one session asks once.
 */
export class PrincipalDirectory {
  private readonly known: LRUCache<string, Found>;
  private readonly asking = new Map<string, Promise<Found>>();

  constructor(
    private readonly services: RequestClient,
    private readonly metrics: GatewayMetrics,
    now: Clock = Date.now,
  ) {
    this.known = new LRUCache({ max: MAX_CACHED, ttl: TTL_MS, ttlResolution: 0, perf: { now } });
  }

  /** Throws AccountInactiveError, UserUnknownError, or RequestRefusedError as user-sync answered. */
  async principalOf(session: ClerkSession, requestId: string): Promise<Principal> {
    const { isActive, userId, clerkUserId, role, tier } = await this.find(session, requestId);
    if (!isActive) throw new AccountInactiveError();
    const { sessionId } = session;
    return { userId, clerkUserId, method: 'clerk_session', role, tier, scopes: [], sessionId };
  }

  private find(session: ClerkSession, requestId: string): Promise<Found> | Found {
    const key = `${session.clerkUserId} ${session.sessionId}`;
    const known = this.known.get(key);
    if (known !== undefined) {
      this.metrics.principalLookups.inc({ result: 'cached' });
      return known;
    }
    const asked = this.asking.get(key);
    this.metrics.principalLookups.inc({ result: asked === undefined ? 'asked' : 'joined' });
    if (asked !== undefined) return asked;
    if (this.asking.size >= MAX_IN_FLIGHT) throw new RequestRefusedError('unavailable', 'too many callers at once');
    const asking = this.ask(session, requestId)
      .then((found) => {
        this.known.set(key, found);
        return found;
      })
      .finally(() => this.asking.delete(key));
    this.asking.set(key, asking);
    return asking;
  }

  private async ask({ clerkUserId, sessionId }: ClerkSession, requestId: string): Promise<Found> {
    try {
      const context = { principal: null, requestId };
      const found = await this.services.send(resolvePrincipal, { clerkUserId, sessionId }, context);
      if (found.clerkUserId !== clerkUserId) throw new PrincipalMismatchError();
      return found;
    } catch (error) {
      if (error instanceof RequestRefusedError && error.reason === 'not_found') throw new UserUnknownError(error);
      throw error;
    }
  }
}
