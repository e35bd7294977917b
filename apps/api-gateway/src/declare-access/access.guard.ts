import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Authenticator } from '../authenticate/authenticator';
import { type Caller } from '../authenticate/caller';
import { RoleInsufficientError, RouteUndeclaredError, ScopeInsufficientError, SessionNeededError } from '../errors';
import { applyStandings } from '../limit-rates/rate-headers';
import { RateLimits, countedAddress } from '../limit-rates/rate-limits';
import { AuditTrail } from '../inspect-audit/audit-trail';
import { type RouteAccess, reaches } from './access';

/** Stands before every route: who is calling, how often, and whether that caller may. */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimits,
    private readonly audit: AuditTrail,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const { access } = request.routeOptions.config;
    // The boot check has seen to it; a route added since is nobody's.
    if (access === undefined) throw new RouteUndeclaredError(request.routeOptions.url ?? 'a route');
    switch (access.access) {
      case 'public':
        await this.limitAddress(access, request, reply);
        return true;
      case 'clerk-session':
        // Counted before verifying: these are the routes that passers-by try.
        await this.limitAddress(access, request, reply);
        request.clerkCaller = await this.authenticator.clerkSession(request);
        return true;
      case 'browser-session': {
        await this.limitAddress(access, request, reply);
        const session = await this.authenticator.browserSession(request);
        if (session !== undefined) request.clerkCaller = session;
        return true;
      }
      case 'user':
      case 'admin': {
        const caller = (request.caller = await this.authenticator.authenticate(request));
        await this.limitCaller(access, caller, reply);
        this.check(access, caller, request);
        return true;
      }
    }
  }

  private async limitAddress(access: RouteAccess, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const standing = this.limits.ofClass(access.rateClass, countedAddress(request.ip), 'anonymous');
    applyStandings(reply, [standing instanceof Promise ? await standing : standing]);
  }

  private async limitCaller(access: RouteAccess, caller: Caller, reply: FastifyReply): Promise<void> {
    const { userId, tier } = caller.principal;
    const { credential } = caller;
    const counted = [this.limits.ofClass(access.rateClass, userId, tier)];
    if (credential.method === 'api_key' && credential.key.rateLimit !== null) {
      counted.push(this.limits.ofKey(credential.key.keyId, credential.key.rateLimit));
    }
    const standings = [];
    for (const standing of counted) standings.push(standing instanceof Promise ? await standing : standing);
    applyStandings(reply, standings);
  }

  private check(access: RouteAccess, caller: Caller, request: FastifyRequest): void {
    const { principal } = caller;
    try {
      if (access.access === 'admin' && principal.role !== 'admin') throw new RoleInsufficientError();
      if (principal.method !== 'api_key') return;
      if (access.credential === 'session') throw new SessionNeededError();
      if (!reaches(principal.scopes, access.permission)) throw new ScopeInsufficientError(access.permission);
    } catch (error) {
      this.audit.refused(caller, access.permission, error, request);
      throw error;
    }
  }
}
