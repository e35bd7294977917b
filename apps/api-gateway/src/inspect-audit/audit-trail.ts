import { type ClerkSession } from '@gatehouse/auth';
import { type RequestOf, recordAudit } from '@gatehouse/contracts';
import { type RequestClient, type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Logger } from 'pino';
import { type Caller } from '../authenticate/caller';
import { anonymousContext } from '../authenticate/origin';

type Entry = RequestOf<typeof recordAudit>;

const MAX_IN_FLIGHT = 100;
const MAX_RECENT = 10_000;
/** The same refusal of the same caller is written down once in this time, or a loop would fill the log. */
const REPEAT_MS = 60_000;

/** Has user-sync write down what the gateway alone has seen. */
export class AuditTrail {
  private inFlight = 0;
  private readonly recent = new LRUCache<string, true>({ max: MAX_RECENT, ttl: REPEAT_MS });

  constructor(
    private readonly services: Pick<RequestClient, 'send'>,
    private readonly log: Logger,
  ) {}

  /** A caller was known and may not do this. */
  refused(caller: Caller, permission: string, error: unknown): void {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'refused';
    const { userId, keyId, sessionId } = caller.principal;
    if (!this.isNews(`${userId} ${keyId ?? sessionId} ${permission} ${reason}`)) return;
    this.record({ action: 'access.refused', outcome: 'refused', reason, subject: permission }, caller);
  }

  /** Done by a service that keeps no audit log, but a note with what it did. The request waits; never throws. */
  done(
    action: 'events.redrive' | 'payloads.erase',
    subject: string,
    details: Entry['details'],
    by: Caller,
  ): Promise<void> {
    return this.write({ action, outcome: 'done', subject, details }, by);
  }

  /** Somebody acts as a user. */
  impersonated({ actor, clerkUserId, sessionId }: ClerkSession, context: RequestContext): void {
    if (!this.isNews(`${sessionId} impersonation ${actor}`)) return;
    this.log.warn({ actor, clerkUserId, sessionId }, 'an impersonated session was accepted');
    this.record(
      {
        ...{ action: 'impersonation', outcome: 'done' },
        ...{ subject: clerkUserId, clerkSessionId: sessionId, details: { actor } },
      },
      context,
    );
  }

  /** Somebody who acts as a user asked for a session of our own, which would outlive the impersonation. */
  exchangeRefused({ actor, clerkUserId, sessionId }: ClerkSession, request: FastifyRequest): void {
    const reason = 'token_impersonated';
    if (!this.isNews(`${sessionId} exchange ${reason}`)) return;
    this.record(
      {
        ...{ action: 'login.phone', outcome: 'refused', reason },
        ...{ subject: clerkUserId, clerkSessionId: sessionId, details: { actor } },
      },
      anonymousContext(request),
    );
  }

  private isNews(what: string): boolean {
    if (this.recent.has(what)) return false;
    this.recent.set(what, true);
    return true;
  }

  /** No request waits for it, and so that many cannot pile up, what comes beyond a bound is dropped. */
  private record(entry: Entry, context: RequestContext): void {
    if (this.inFlight >= MAX_IN_FLIGHT) return this.log.warn({ action: entry.action }, 'an audit entry was dropped');
    this.inFlight++;
    void this.write(entry, context).finally(() => this.inFlight--);
  }

  /** Never throws: what it tells of has happened. */
  private async write(entry: Entry, context: RequestContext): Promise<void> {
    try {
      await this.services.send(recordAudit, entry, context);
    } catch (error) {
      this.log.warn({ reason: String(error), action: entry.action }, 'an audit entry was not written');
    }
  }
}
