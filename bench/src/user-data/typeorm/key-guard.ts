import { type CanActivate, type ExecutionContext, Injectable, UnauthorizedException } from '@nestjs/common';
import { type Request } from './express-types';
import { basics } from './transactions';

/** Finds the caller by the API key. */
@Injectable()
export class KeyGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const user = basics.userOf(request.headers['x-api-key']);
    if (user === undefined) throw new UnauthorizedException();
    request.user = user;
    return true;
  }
}
