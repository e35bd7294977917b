import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestHookHandler,
  type preValidationHookHandler,
} from 'fastify';
import { InputUncheckedError, RouteUndeclaredError, RoutesUnguardedError } from '../errors';
import { type MaybePromise } from '../maybe-promise';
import { type RouteRules } from '../gate/route-rules';
import { type RouteAccess, isComplete } from './access';
import { type AcceptedInput, type RouteInput, rejectUnexpected } from './route-input';
import { rulesOf } from './rules-of';

/** Access of a route, and the rules of the gate for it; see `rulesOf`. */
export interface GuardedRoute {
  readonly access: RouteAccess;
  readonly rules: RouteRules | undefined;
}

/** Admits a request to its route or throws the reason for its rejection. */
export interface RouteGuard {
  /** Called when the headers have arrived, before the body is read. */
  admit(route: GuardedRoute, request: FastifyRequest, reply: FastifyReply): MaybePromise<void>;
  /**
   * Called after `admit`, when a body has arrived. Authenticates again, because the caller's session may have ended
   * while a slow client sent the body.
   */
  confirm(route: GuardedRoute, request: FastifyRequest): MaybePromise<void>;
}

/** A route of the server. */
export interface RegisteredRoute {
  /** Path with `:name` for each parameter. */
  readonly url: string;
  readonly methods: readonly string[];
  readonly access: RouteAccess;
}

/**
 * All routes of the server, including those of plugins. Requires every route to declare its access, and runs the guard
 * before each request.
 */
export class RouteRegister {
  private readonly routes: (RegisteredRoute & { readonly pattern: RegExp })[] = [];
  private guard: RouteGuard | undefined;

  /**
   * Records and guards every route that is registered after this call. So call it before the first route is registered.
   * @throws RouteUndeclaredError, InputUncheckedError not in this call, but when a faulty route is registered; this
   *   stops the boot
   */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      const { method, url, config, onRequest = [], preValidation = [] } = route;
      const methods = [method].flat();
      const access = config?.access;
      if (!isComplete(access)) throw new RouteUndeclaredError(`${methods.join(', ')} ${url}`);
      const { unchecked, ...input } = config?.input ?? noInput;
      if (unchecked.length > 0) throw new InputUncheckedError(`${methods.join(', ')} ${url}`, unchecked.join(' and '));
      this.routes.push({ url, methods, access, pattern: toPattern(url) });
      const guarded = { access, rules: rulesOf(access) };
      route.onRequest = [this.admitHook(guarded), ...[onRequest].flat()];
      const accepted = { ...input, query: input.query || access.navigation === true };
      route.preValidation = [this.confirmHook(guarded), rejectUnexpectedHook(accepted), ...[preValidation].flat()];
    });
  }

  /** All routes in order of registration. */
  get all(): readonly RegisteredRoute[] {
    return this.routes;
  }

  /** Sets the guard of every route. Until this call, every request is rejected. */
  guardBy(guard: RouteGuard): void {
    this.guard = guard;
  }

  /** Returns the methods of a path; empty if there is no such path. */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
  }

  private admitHook(route: GuardedRoute): onRequestHookHandler {
    return (request, reply, done) => settle(this.requiredGuard.admit(route, request, reply), done);
  }

  private confirmHook(route: GuardedRoute): preValidationHookHandler {
    return (request, _reply, done) => {
      if (request.body === undefined) return done();
      settle(this.requiredGuard.confirm(route, request), done);
    };
  }

  private get requiredGuard(): RouteGuard {
    if (this.guard === undefined) throw new RoutesUnguardedError();
    return this.guard;
  }
}

/** Input of routes of plugins, which declare none. */
const noInput: RouteInput = { body: false, query: false, idempotencyKey: false, streamedBody: false, unchecked: [] };

function rejectUnexpectedHook(accepted: AcceptedInput): preValidationHookHandler {
  return (request, _reply, done) => {
    try {
      rejectUnexpected(accepted, request);
    } catch (error) {
      return done(error as Error);
    }
    done();
  };
}

function settle(allowed: MaybePromise<void>, done: (error?: Error) => void): void {
  if (allowed === undefined) return done();
  allowed.then(
    () => done(),
    (error: Error | undefined) => done(error ?? new RoutesUnguardedError()),
  );
}

function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+');
  return new RegExp(`^${escaped.replace(/\/$/, '')}/?$`);
}
