import { type ClerkSession } from '@gatehouse/auth';
import { type Principal } from '@gatehouse/contracts';
import { type ExecutionContext, createParamDecorator } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { CallerMissingError } from '../errors';

/** Who is calling, by which credential, in which request. */
export interface Caller {
  readonly principal: Principal;
  readonly session: ClerkSession;
  readonly requestId: string;
}

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authentication guard; absent on public routes. */
    caller?: Caller;
  }
}

/** Gives a handler its {@link Caller}. */
export const CurrentCaller = createParamDecorator((_: unknown, context: ExecutionContext): Caller => {
  const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
  if (caller === undefined) throw new CallerMissingError();
  return caller;
});
