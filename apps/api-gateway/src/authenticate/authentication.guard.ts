import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { Authenticator } from './authenticator';

/** Finds out who is calling, on every route but public ones. */
@Injectable()
export class AuthenticationGuard implements CanActivate {
  constructor(private readonly authenticator: Authenticator) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    if (request.routeOptions.config.access?.access === 'public') return true;
    request.caller = await this.authenticator.authenticate(request);
    return true;
  }
}
