import { type ClerkSession } from '@gatehouse/auth';
import { type RequestContext } from '@gatehouse/messaging';
import { type FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { type Logger } from 'pino';
import { type Caller } from '../caller/caller';
import { anonymousContext } from '../caller/origin';
import { type AuditQueue, type Entry } from './audit-queue';

const MAX_RECENT = 10_000;
/** The same refusal of the same caller is written down once in this time, or a loop would fill the log. */
const REPEAT_MS = 60_000;

/** Has user-sync write down what the gateway alone has seen. */
export class AuditTrail {
  private readonly recent = new LRUCache<string, true>({ max: MAX_RECENT, ttl: REPEAT_MS });

  constructor(
    private readonly queue: Pick<AuditQueue, 'add' | 'write'>,
    private readonly log: Logger,
  ) {}

  /** A caller was known and may not do this. */
  refused(caller: Caller, permission: string, error: unknown): void {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'refused';
    const { userId, keyId, sessionId } = caller.principal;
    if (!this.isNews(`${userId} ${keyId ?? sessionId} ${permission} ${reason}`)) return;
    this.queue.add({ action: 'access.refused', outcome: 'refused', reason, subject: permission }, caller);
  }

  /** Done by a service that keeps no audit log, but a note with what it did. The request waits; never throws. */
  done(
    action: 'events.redrive' | 'payloads.erase',
    subject: string,
    details: Entry['details'],
    by: Caller,
  ): Promise<void> {
    return this.queue.write({ action, outcome: 'done', subject, details }, by);
  }

  /** Somebody acts as a user. */
  impersonated({ actor, clerkUserId, sessionId }: ClerkSession, context: RequestContext): void {
    if (!this.isNews(`${sessionId} impersonation ${actor}`)) return;
    this.log.warn({ actor, clerkUserId, sessionId }, 'an impersonated session was accepted');
    this.queue.add(
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
    this.queue.add(
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
}
