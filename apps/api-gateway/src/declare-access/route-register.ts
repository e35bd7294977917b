import { type FastifyInstance } from 'fastify';
import { RouteUndeclaredError } from '../errors';
import { isWhole } from './access';

/** Every route of the server, whoever registered it. Refuses those that do not declare their access. */
export class RouteRegister {
  private readonly routes: { readonly pattern: RegExp; readonly methods: readonly string[] }[] = [];

  /** Must come before the first route is registered; the refusal then stops the boot. */
  watch(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url, config }) => {
      const methods = [method].flat();
      if (!isWhole(config?.access)) throw new RouteUndeclaredError(`${methods.join(', ')} ${url}`);
      this.routes.push({ pattern: toPattern(url), methods });
    });
  }

  /** The methods that a path is served under; empty when there is no such path. */
  methodsOf(path: string): string[] {
    return [...new Set(this.routes.filter(({ pattern }) => pattern.test(path)).flatMap(({ methods }) => methods))];
  }
}

function toPattern(url: string): RegExp {
  const escaped = url.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/:[A-Za-z]+/g, '[^/]+');
  return new RegExp(`^${escaped}$`);
}
