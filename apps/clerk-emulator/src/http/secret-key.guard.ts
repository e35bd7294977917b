import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { AuthorizationHeaderInvalidError, SecretKeyInvalidError } from '../errors';

/** Lets in who presents the instance's secret key as Bearer credential. */
@Injectable()
export class SecretKeyGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(@Inject(CONFIG) config: EmulatorConfig) {
    this.expected = sha256(config.secretKey);
  }

  canActivate(context: ExecutionContext): boolean {
    const { authorization } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    const key = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!key) throw new AuthorizationHeaderInvalidError();
    if (!timingSafeEqual(sha256(key), this.expected)) throw new SecretKeyInvalidError();
    return true;
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
