import { type Caller } from '@gatehouse/verify';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { PrincipalMissingError } from './errors';

/** The same symbol in the ES module and in CommonJS. */
const CALLER = Symbol.for('@gatehouse/nest:caller');

/** A request of Express or Fastify. */
type RequestObject = object & { [CALLER]?: Caller };

/** Keeps the caller of a request for {@link Principal}. */
export function rememberCaller(request: object, caller: Caller): void {
  (request as RequestObject)[CALLER] = caller;
}

/** Returns the verified caller of a request; undefined on a public route. For interceptors, and for guards that run later. */
export function principalOf(request: object): Caller | undefined {
  return (request as RequestObject)[CALLER];
}

/**
 * Parameter of a route: the verified caller. The request fails with 500 where no caller is known, because the route is
 * public or has no guard: a route must not mistake an unknown caller for one.
 *
 * @example
 *   list(@Principal() caller: Caller) { return this.orders.of(caller.userId); }
 */
export const Principal = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const caller = principalOf(context.switchToHttp().getRequest<object>());
  if (caller === undefined) throw new PrincipalMissingError();
  return caller;
});
