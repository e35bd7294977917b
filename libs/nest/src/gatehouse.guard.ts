import { type IncomingHttpHeaders } from 'node:http';
import { AssertionInvalidError, type Caller, type Verifier, allows } from '@gatehouse/verify';
import { type CanActivate, type ExecutionContext, Inject, Injectable, Logger } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { ContextUnsupportedError, GatehouseRefusal } from './errors';
import { principalOf, rememberCaller } from './principal';
import { type RouteRules, routeRules } from './route-rules';
import { VERIFIER } from './tokens';

const REALM = 'Bearer realm="gatehouse"';

/**
 * Admits requests that came through the gate, by the assertion that the gate has added, and checks `@Roles`, `@Tiers` and
 * `@Scopes`. Refuses everything else: also each request while the keys of the gateway are unavailable.
 */
@Injectable()
export class GatehouseGuard implements CanActivate {
  private readonly logger = new Logger(GatehouseGuard.name);
  private areKeysAvailable = true;

  constructor(
    @Inject(VERIFIER) private readonly verify: Verifier,
    @Inject(Reflector) private readonly reflector: Reflector,
  ) {}

  /** Whether a request may use the route. @throws GatehouseRefusal, ContextUnsupportedError */
  async canActivate(context: ExecutionContext): Promise<true> {
    const rules = routeRules(this.reflector, context);
    if (rules.isPublic) return true;
    const type = context.getType<string>();
    if (type !== 'http') throw new ContextUnsupportedError(type);
    const request = context.switchToHttp().getRequest<{ readonly headers: IncomingHttpHeaders }>();
    const caller = principalOf(request) ?? (await this.callerOf(request.headers['x-gatehouse-assertion']));
    checkRules(rules, caller);
    rememberCaller(request, caller);
    return true;
  }

  private async callerOf(assertion: string | string[] | undefined): Promise<Caller> {
    try {
      const caller = await this.verify(assertion);
      this.areKeysAvailable = true;
      return caller;
    } catch (error) {
      if (error instanceof AssertionInvalidError) {
        throw new GatehouseRefusal('assertion_invalid', error.message, { cause: error, challenge: REALM });
      }
      // Once in an outage, not for each request.
      if (this.areKeysAvailable) this.logger.error('Key set of the gateway unavailable; requests are refused', error);
      this.areKeysAvailable = false;
      throw new GatehouseRefusal('keys_unavailable', 'The service cannot verify callers at the moment.', {
        cause: error,
      });
    }
  }
}

/** @throws GatehouseRefusal */
function checkRules({ roles, tiers, scopes = [] }: RouteRules, caller: Caller): void {
  if (roles?.includes(caller.role) === false) {
    throw new GatehouseRefusal('role_insufficient', `The role must be ${roles.join(' or ')}.`);
  }
  if (tiers?.includes(caller.tier) === false) {
    throw new GatehouseRefusal('tier_insufficient', `The tier must be ${tiers.join(' or ')}.`);
  }
  const missing = scopes.find((scope) => !allows(caller, scope));
  if (missing !== undefined) {
    const challenge = `${REALM}, error="insufficient_scope", scope="${missing}"`;
    throw new GatehouseRefusal('scope_insufficient', `The API key needs the scope ${missing}.`, { challenge });
  }
}
