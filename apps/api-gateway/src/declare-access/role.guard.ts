import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { RoleInsufficientError } from '../errors';

/** Lets only admins use routes that declare it; runs after the caller is known. */
@Injectable()
export class RoleGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const access = request.routeOptions.config.access?.access;
    if (access === 'admin' && request.caller?.principal.role !== 'admin') throw new RoleInsufficientError();
    return true;
  }
}
