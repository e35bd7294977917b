import { type ClerkSession } from '@gatehouse/auth';
import { type RequestContext } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import { type Logger } from 'pino';
import { type Caller } from '../caller/caller';
import { type GateRequest } from '../caller/gate-request';
import { anonymousContext } from '../caller/origin';
import { AuditQueue, type Entry } from './audit-queue';

const MAX_RECENT = 10_000;
/**
 * Time within which an equal entry is not recorded again; milliseconds. Keeps a client that repeats a request in a loop
 * from filling the audit log. Entries are equal if they have the same text, the argument of `isNew`. For rejected
 * access, the text names the user, the key or session, the permission and the reason.
 */
const REPEAT_MS = 60_000;

/** Sends audit entries for what only the gateway sees, such as rejected access and impersonation. */
@Injectable()
export class AuditTrail {
  private readonly recent = new LRUCache<string, true>({ max: MAX_RECENT, ttl: REPEAT_MS });

  constructor(
    private readonly queue: AuditQueue,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /** Records that an authenticated caller was not permitted to use a route. `subject`: what the route protects. */
  refused(caller: Caller, subject: string, error: unknown): void {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : 'refused';
    const { userId, keyId, sessionId } = caller.principal;
    if (!this.isNew(`${userId} ${keyId ?? sessionId} ${subject} ${reason}`)) return;
    this.queue.add({ action: 'access.refused', outcome: 'refused', reason, subject }, caller);
  }

  /**
   * Records an action of webhook-ingest, which has no audit log. Resolves when the entry is sent or queued; never
   * rejects.
   */
  done(
    action: 'events.redrive' | 'payloads.erase',
    subject: string,
    details: Entry['details'],
    by: Caller,
  ): Promise<void> {
    return this.queue.write({ action, outcome: 'done', subject, details }, by);
  }

  /** Records that an API key has made a link to the console. Resolves when the entry is sent or queued; never rejects. */
  madeConsoleCode(id: string, by: Caller): Promise<void> {
    return this.queue.write({ action: 'console.code', outcome: 'done', subject: id }, by);
  }

  /** Records that a caller exports its data. Resolves when the entry is sent or queued; never rejects. */
  exported(by: Caller): Promise<void> {
    return this.queue.write({ action: 'me.export', outcome: 'done' }, by);
  }

  /** Records that an impersonated session was accepted. */
  impersonated({ actor, clerkUserId, sessionId }: ClerkSession, context: RequestContext): void {
    if (!this.isNew(`${sessionId} impersonation ${actor}`)) return;
    const { requestId: correlationId, origin } = context;
    const ids = { correlationId, clientRequestId: origin?.clientRequestId };
    this.log.warn({ ...ids, actor, clerkUserId, sessionId }, 'impersonated session accepted');
    this.queue.add(
      {
        ...{ action: 'impersonation', outcome: 'done' },
        ...{ subject: clerkUserId, clerkSessionId: sessionId, details: { actor } },
      },
      context,
    );
  }

  /**
   * Records that an impersonated session was not exchanged for a Gatehouse session, which would outlive the
   * impersonation.
   */
  exchangeRefused({ actor, clerkUserId, sessionId }: ClerkSession, request: GateRequest): void {
    const reason = 'token_impersonated';
    if (!this.isNew(`${sessionId} exchange ${reason}`)) return;
    this.queue.add(
      {
        ...{ action: 'login.phone', outcome: 'refused', reason },
        ...{ subject: clerkUserId, clerkSessionId: sessionId, details: { actor } },
      },
      anonymousContext(request),
    );
  }

  private isNew(what: string): boolean {
    if (this.recent.has(what)) return false;
    this.recent.set(what, true);
    return true;
  }
}
