import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { AuditTrail } from '../audit/audit-trail';
import { Authenticator } from '../authentication/authenticator';
import { type Caller } from '../caller/caller';
import { RoleInsufficientError, ScopeInsufficientError, SessionNeededError } from '../errors';
import { applyStandings } from '../limits/rate-headers';
import { RateLimiter, countedAddress } from '../limits/rate-limiter';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { type RouteAccess, grants } from './access';
import { type RouteGuard } from './route-register';

/** Authenticates every request, applies rate limits, and checks role and scope. */
@Injectable()
export class AccessGuard implements RouteGuard {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimiter,
    private readonly audit: AuditTrail,
  ) {}

  admit(access: RouteAccess, request: FastifyRequest, reply: FastifyReply): MaybePromise<void> {
    switch (access.access) {
      case 'public':
        return this.limitAddress(access, request, reply);
      case 'clerk-session':
      case 'browser-session':
        return this.admitFirstSession(access, request, reply);
      case 'user':
      case 'admin':
        return whenKnown(this.authenticator.authenticate(request), (caller) =>
          this.admitCaller(access, caller, request, reply),
        );
    }
  }

  confirm(access: RouteAccess, request: FastifyRequest): MaybePromise<void> {
    if (request.clerkCaller !== undefined) return this.admitSession(access, request);
    if (request.caller === undefined) return;
    return whenKnown(this.authenticator.authenticate(request), (caller) => {
      request.caller = caller;
      this.check(access, caller);
    });
  }

  /**
   * Admits a request to a route with access `clerk-session` or `browser-session`: verifies the Clerk session, whose
   * user may not exist in Gatehouse yet. Counts the request by Clerk user if the session token is valid, so that users
   * behind one address do not share a limit. Otherwise counts it by address.
   */
  private async admitFirstSession(access: RouteAccess, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    try {
      await this.admitSession(access, request);
    } catch (error) {
      await this.limitAddress(access, request, reply);
      throw error;
    }
    const { clerkCaller } = request;
    if (clerkCaller === undefined) return this.limitAddress(access, request, reply);
    const standing = await this.limits.ofClass(access.rateClass, clerkCaller.session.clerkUserId, 'anonymous');
    applyStandings(reply, [standing]);
  }

  private async admitSession(access: RouteAccess, request: FastifyRequest): Promise<void> {
    if (access.access !== 'browser-session') {
      request.clerkCaller = await this.authenticator.clerkSession(request);
      return;
    }
    const session = await this.authenticator.browserSession(request);
    if (typeof session === 'string') request.signedOut = session;
    else request.clerkCaller = session;
  }

  private admitCaller(
    access: RouteAccess,
    caller: Caller,
    request: FastifyRequest,
    reply: FastifyReply,
  ): MaybePromise<void> {
    request.caller = caller;
    // So that the log shows what was done with a key that has leaked; the audit log has no reads.
    const { keyId } = caller.principal;
    if (keyId !== undefined) request.logged = { keyId };
    return whenKnown(this.limitCaller(access, caller, reply), () => this.check(access, caller));
  }

  private limitAddress(access: RouteAccess, request: FastifyRequest, reply: FastifyReply): MaybePromise<void> {
    const standing = this.limits.ofClass(access.rateClass, countedAddress(request.ip), 'anonymous');
    return whenKnown(standing, (known) => applyStandings(reply, [known]));
  }

  private limitCaller(access: RouteAccess, caller: Caller, reply: FastifyReply): MaybePromise<void> {
    const { userId, tier } = caller.principal;
    const { credential } = caller;
    const ofClass = this.limits.ofClass(access.rateClass, userId, tier);
    if (credential.method !== 'api_key' || credential.key.rateLimit === null) {
      return whenKnown(ofClass, (standing) => applyStandings(reply, [standing]));
    }
    // If `ofClass` rejects, nobody awaits `ofKey`. This is safe, because `ofKey` never rejects: while the shared store
    // is unavailable, it counts in memory. An unhandled rejection would end the process.
    const ofKey = this.limits.ofKey(credential.key.keyId, credential.key.rateLimit);
    return whenKnown(ofClass, (first) => whenKnown(ofKey, (second) => applyStandings(reply, [first, second])));
  }

  private check(access: RouteAccess, caller: Caller): void {
    const { principal } = caller;
    try {
      if (access.access === 'admin' && principal.role !== 'admin') throw new RoleInsufficientError();
      if (principal.method !== 'api_key') return;
      if (access.credential === 'session') throw new SessionNeededError();
      if (access.scope === 'none') return;
      if (!grants(principal.scopes, access.permission)) throw new ScopeInsufficientError(access.permission);
    } catch (error) {
      this.audit.refused(caller, access.permission, error);
      throw error;
    }
  }
}
