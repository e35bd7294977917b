import { isIP } from 'node:net';
import { type ClerkSession } from '@gatehouse/auth';
import { type Origin, type RequestOf, recordAudit } from '@gatehouse/contracts';
import { type RequestClient, type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Logger } from 'pino';
import { type Caller } from '../authenticate/caller';

const MAX_IN_FLIGHT = 100;
const MAX_RECENT = 10_000;
/** The same refusal of the same caller is written down once in this time, or a loop would fill the log. */
const REPEAT_MS = 60_000;

/** Where a request came from, for the audit log. */
export function originOf(request: FastifyRequest): Origin {
  const userAgent = request.headers['user-agent'];
  const { ip } = request;
  // Whatever a trusted proxy sent: it may be no address.
  return {
    ...(isIP(ip) !== 0 && { sourceIp: ip }),
    ...(userAgent !== undefined && { userAgent: userAgent.slice(0, 512) }),
  };
}

/** Has user-sync write down what the gateway alone has seen; no request waits for it. */
export class AuditTrail {
  private inFlight = 0;
  private readonly recent = new LRUCache<string, true>({ max: MAX_RECENT, ttl: REPEAT_MS });

  constructor(
    private readonly services: Pick<RequestClient, 'send'>,
    private readonly log: Logger,
  ) {}

  /** A caller was known and may not do this. */
  refused(caller: Caller, permission: string, error: unknown, request: FastifyRequest): void {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'refused';
    const { userId, keyId, sessionId } = caller.principal;
    if (!this.isNews(`${userId} ${keyId ?? sessionId} ${permission} ${reason}`)) return;
    this.record(
      { action: 'access.refused', outcome: 'refused', reason, subject: permission, origin: originOf(request) },
      caller,
    );
  }

  /** Somebody acts as a user. */
  impersonated({ actor, clerkUserId, sessionId }: ClerkSession): void {
    this.record(
      { action: 'impersonation', outcome: 'done', subject: clerkUserId, details: { actor, sessionId } },
      { principal: null, requestId: sessionId },
    );
  }

  /** Somebody who acts as a user asked for a session of our own, which would outlive the impersonation. */
  exchangeRefused({ actor, clerkUserId, sessionId }: ClerkSession, request: FastifyRequest): void {
    const reason = 'token_impersonated';
    if (!this.isNews(`${sessionId} exchange ${reason}`)) return;
    const details = { actor, sessionId };
    this.record(
      { action: 'login.phone', outcome: 'refused', reason, subject: clerkUserId, origin: originOf(request), details },
      { principal: null, requestId: request.id },
    );
  }

  private isNews(what: string): boolean {
    if (this.recent.has(what)) return false;
    this.recent.set(what, true);
    return true;
  }

  private record(entry: RequestOf<typeof recordAudit>, context: RequestContext): void {
    if (this.inFlight >= MAX_IN_FLIGHT) return this.log.warn({ action: entry.action }, 'an audit entry was dropped');
    this.inFlight++;
    this.services
      .send(recordAudit, entry, { principal: context.principal, requestId: context.requestId })
      .catch((error: unknown) =>
        this.log.warn({ reason: String(error), action: entry.action }, 'an audit entry was not written'),
      )
      .finally(() => this.inFlight--);
  }
}
