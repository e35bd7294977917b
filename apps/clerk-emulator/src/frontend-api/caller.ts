import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { DevBrowserUnknownError } from '../sign-in-errors';

/** The browser that sends a request to the Frontend API. */
export interface Caller {
  readonly devBrowserId: string;
  /** Origin of the page, which becomes `azp` in tokens; null when the request names none. */
  readonly origin: string | null;
  /** Session that the request names by `_clerk_session_id`. */
  readonly sessionId: string | undefined;
  /** By the fault `browser_clock_skew`. */
  readonly clockSkewSeconds: number | undefined;
}

/** Who gets a token. */
export type TokenTarget = Pick<Caller, 'origin' | 'clockSkewSeconds'>;

const callers = new WeakMap<object, Caller>();

/** Remembers who sends the request. */
export function rememberCaller(request: FastifyRequest, caller: Caller): void {
  callers.set(request.raw, caller);
}

/** The caller of a request that the guard let pass. @throws DevBrowserUnknownError */
export function callerOf(context: ExecutionContext): Caller {
  const caller = callers.get(context.switchToHttp().getRequest<FastifyRequest>().raw);
  if (!caller) throw new DevBrowserUnknownError();
  return caller;
}

/** Parameter of a controller's method: the browser that sends the request. */
export const FromCaller = createParamDecorator((_data: unknown, context: ExecutionContext) => callerOf(context));
