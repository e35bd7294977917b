import { countedAddress } from '@gatehouse/http-edge';
import { Injectable } from '@nestjs/common';
import { type FastifyReply, type FastifyRequest } from 'fastify';
import { Authenticator } from '../authentication/authenticator';
import { type Decision } from '../gate/decision';
import { Gate } from '../gate/decide';
import { type RateHeaders, exceededLimit, rateHeaders } from '../limits/rate-headers';
import { RateLimiter } from '../limits/rate-limiter';
import { type MaybePromise, whenKnown } from '../maybe-promise';
import { type RouteAccess } from './access';
import { type GuardedRoute, type RouteGuard } from './route-register';

/** Asks the gate about every request, and admits first sessions itself. */
@Injectable()
export class AccessGuard implements RouteGuard {
  constructor(
    private readonly gate: Gate,
    private readonly authenticator: Authenticator,
    private readonly limits: RateLimiter,
  ) {}

  admit({ access, rules }: GuardedRoute, request: FastifyRequest, reply: FastifyReply): MaybePromise<void> {
    if (rules === undefined) return this.admitFirstSession(access, request, reply);
    return whenKnown(this.gate.decide(rules, request), (decision) => apply(decision, request, reply));
  }

  confirm({ access, rules }: GuardedRoute, request: FastifyRequest): MaybePromise<void> {
    if (request.clerkCaller !== undefined) return this.admitSession(access, request);
    if (rules === undefined || request.caller === undefined) return;
    return whenKnown(this.gate.confirm(rules, request), (decision) => {
      if (!decision.allowed) throw decision.error;
      if (decision.caller !== undefined) request.caller = decision.caller;
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
      await this.count(access, countedAddress(request.ip), reply);
      throw error;
    }
    const { clerkCaller } = request;
    await this.count(access, clerkCaller?.session.clerkUserId ?? countedAddress(request.ip), reply);
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

  private async count({ rateClass }: RouteAccess, who: string, reply: FastifyReply): Promise<void> {
    const standings = [await this.limits.ofClass(rateClass, who, 'anonymous')];
    setHeaders(reply, rateHeaders(standings));
    const exceeded = exceededLimit(standings);
    if (exceeded !== undefined) throw exceeded;
  }
}

/** Passes a decision on to the handler and the response. */
function apply(decision: Decision, request: FastifyRequest, reply: FastifyReply): void {
  const { caller, rateHeaders: headers } = decision;
  if (caller !== undefined) {
    request.caller = caller;
    // So that the log shows what was done with a key that has leaked; the audit log has no reads.
    const { keyId } = caller.principal;
    if (keyId !== undefined) request.logged = { keyId };
  }
  if (headers !== undefined) setHeaders(reply, headers);
  if (!decision.allowed) throw decision.error;
}

function setHeaders(reply: FastifyReply, headers: RateHeaders): void {
  void reply.header('ratelimit-policy', headers['ratelimit-policy']);
  void reply.header('ratelimit', headers.ratelimit);
}
