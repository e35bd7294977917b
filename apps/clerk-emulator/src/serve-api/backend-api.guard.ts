import { createHash, timingSafeEqual } from 'node:crypto';
import { type CanActivate, type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';
import { AuthorizationHeaderInvalidError, SecretKeyInvalidError } from '../errors';
import { requestPath } from '../http/request-path';
import { RateLimiter } from '../limit-rates/rate-limiter';
import { checkApiVersion } from './api-version';
import { FaultyAnswers } from './faulty-answers';

/** Checks secret key, API version and rate limit of each Backend API request, then injects the enabled faults. */
@Injectable()
export class BackendApiGuard implements CanActivate {
  private readonly expected: Buffer;

  constructor(
    @Inject(CONFIG) config: EmulatorConfig,
    private readonly limiter: RateLimiter,
    private readonly faults: FaultyAnswers,
  ) {
    this.expected = sha256(config.secretKey);
  }

  /** @throws ClerkApiError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.authenticate(request.headers.authorization);
    checkApiVersion(request);
    const path = requestPath(request);
    this.limiter.take(request.method, path);
    await this.faults.inject(request, path, 'backend_api');
    return true;
  }

  private authenticate(authorization: string | undefined): void {
    const key = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!key) throw new AuthorizationHeaderInvalidError();
    if (!timingSafeEqual(sha256(key), this.expected)) throw new SecretKeyInvalidError();
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
