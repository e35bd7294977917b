import {
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type onRequestHookHandler,
  type preValidationHookHandler,
} from 'fastify';
import { InputUncheckedError, RouteUndeclaredError, RoutesUnguardedError } from '../errors';
import { type MaybePromise } from '../maybe-promise';
import { type RouteAccess, isWhole } from './access';
import { type RouteInput, refuseUnexpected } from './route-input';

/** Lets a request through to its route, or throws why not. */
export interface RouteGuard {
  /** Asked when the head of a request is there, and nothing else. */
  admit(access: RouteAccess, request: FastifyRequest, reply: FastifyReply): MaybePromise<void>;
  /**
   * Asked when a body has been waited for: its sender chooses for how long, and must not act by what has ended
   * meanwhile.
   */
  confirm(access: RouteAccess, request: FastifyRequest): MaybePromise<void>;
}

/** One route of the server. */
export interface RegisteredRoute {
  /** With `:names` for its parameters. */
  readonly url: string;
  readonly methods: readonly string[];
  readonly access: RouteAccess;
}

/** Every route of the server, whoever registered it. Refuses those that do not declare their access, guards the others. */
export class RouteRegister {
  private readonly routes: (RegisteredRoute & { readonly pattern: RegExp })[] = [];
  private guard: RouteGuard | undefined;

  /** Must come before the first route is registered; the refusal then stops the boot. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      const { method, url, config, onRequest = [], preValidation = [] } = route;
      const methods = [method].flat();
      const access = config?.access;
      if (!isWhole(access)) throw new RouteUndeclaredError(`${methods.join(', ')} ${url}`);
      const { unchecked = [], ...input } = config?.input ?? { body: false, query: false };
      if (unchecked.length > 0) throw new InputUncheckedError(`${methods.join(', ')} ${url}`, unchecked.join(' and '));
      this.routes.push({ url, methods, access, pattern: toPattern(url) });
      route.onRequest = [this.admitting(access), ...[onRequest].flat()];
      const taken = { ...input, query: input.query || access.navigation === true };
      route.preValidation = [this.confirming(access), refusing(taken), ...[preValidation].flat()];
    });
  }

  /** All routes, in the order in which they were registered. */
  get all(): readonly RegisteredRoute[] {
    return this.routes;
  }

  /** Whom every route asks. */
  guardBy(guard: RouteGuard): void {
    this.guard = guard;
  }

  /** The methods that a path is served under; empty when there is no such path. */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
  }

  private admitting(access: RouteAccess): onRequestHookHandler {
    return (request, reply, done) => goOn(this.asked.admit(access, request, reply), done);
  }

  private confirming(access: RouteAccess): preValidationHookHandler {
    return (request, _reply, done) => {
      if (request.body === undefined) return done();
      goOn(this.asked.confirm(access, request), done);
    };
  }

  private get asked(): RouteGuard {
    if (this.guard === undefined) throw new RoutesUnguardedError();
    return this.guard;
  }
}

function refusing(taken: Pick<RouteInput, 'body' | 'query'>): preValidationHookHandler {
  return (request, _reply, done) => {
    try {
      refuseUnexpected(taken, request);
    } catch (error) {
      return done(error as Error);
    }
    done();
  };
}

function goOn(allowed: MaybePromise<void>, done: (error?: Error) => void): void {
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
