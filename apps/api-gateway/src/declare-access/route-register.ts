import { type FastifyInstance, type FastifyReply, type FastifyRequest, type onRequestHookHandler } from 'fastify';
import { RouteUndeclaredError, RoutesUnguardedError } from '../errors';
import { type MaybePromise } from '../maybe-promise';
import { type RouteAccess, isWhole } from './access';

/** Lets a request through to its route, or throws why not. */
export interface RouteGuard {
  admit(access: RouteAccess, request: FastifyRequest, reply: FastifyReply): MaybePromise<void>;
}

/** Every route of the server, whoever registered it. Refuses those that do not declare their access, guards the others. */
export class RouteRegister {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];
  private guard: RouteGuard | undefined;

  /** Must come before the first route is registered; the refusal then stops the boot. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', (route) => {
      const { method, url, config, onRequest = [] } = route;
      const methods = [method].flat();
      const access = config?.access;
      if (!isWhole(access)) throw new RouteUndeclaredError(`${methods.join(', ')} ${url}`);
      this.routes.push({ pattern: toPattern(url), methods });
      route.onRequest = [this.asking(access), ...[onRequest].flat()];
    });
  }

  /** Whom every route asks, before anything of a request but its head is read. */
  guardBy(guard: RouteGuard): void {
    this.guard = guard;
  }

  /** The methods that a path is served under; empty when there is no such path. */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
  }

  private asking(access: RouteAccess): onRequestHookHandler {
    return (request, reply, done) => {
      if (this.guard === undefined) throw new RoutesUnguardedError();
      const admitted = this.guard.admit(access, request, reply);
      if (admitted instanceof Promise) admitted.then(() => done(), done);
      else done();
    };
  }
}

function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+');
  return new RegExp(`^${escaped}$`);
}
