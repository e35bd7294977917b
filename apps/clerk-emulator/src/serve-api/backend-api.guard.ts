import { createHash, timingSafeEqual } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CanActivate, type ExecutionContext, Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../tokens';
import { AuthorizationHeaderInvalidError, InjectedServerError, SecretKeyInvalidError } from '../errors';
import { requestPath } from '../http/request-path';
import { planAnswer } from '../inject-faults/answer-plans';
import { ApiFaults } from '../inject-faults/api-faults';
import { type FaultParams } from '../inject-faults/fault-kinds';
import { RateLimiter } from '../limit-rates/rate-limiter';
import { checkApiVersion } from './api-version';

/** Checks secret key, API version and rate limit of each Backend API request, then injects the enabled faults. */
@Injectable()
export class BackendApiGuard implements CanActivate, OnModuleDestroy {
  private readonly expected: Buffer;
  private readonly closing = new AbortController();

  constructor(
    @Inject(CONFIG) config: EmulatorConfig,
    private readonly limiter: RateLimiter,
    private readonly faults: ApiFaults,
  ) {
    this.expected = sha256(config.secretKey);
  }

  onModuleDestroy(): void {
    this.closing.abort();
  }

  /** @throws ClerkApiError */
  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    this.authenticate(request.headers.authorization);
    checkApiVersion(request);
    const path = requestPath(request);
    this.limiter.take(request.method, path);
    const { hang, refusal, answer } = this.faults.plan(request.method, path);
    planAnswer(request.raw, answer);
    if (hang) await this.hang(request, hang);
    if (refusal) throw refusal;
    return true;
  }

  private authenticate(authorization: string | undefined): void {
    const key = /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];
    if (!key) throw new AuthorizationHeaderInvalidError();
    if (!timingSafeEqual(sha256(key), this.expected)) throw new SecretKeyInvalidError();
  }

  /**
   * Delays the request for the fault `api_hang`. Stops waiting when the client disconnects or the emulator shuts down.
   */
  private async hang(request: FastifyRequest, { hang_ms, then }: FaultParams<'api_hang'>): Promise<void> {
    const disconnected = new AbortController();
    request.raw.socket.once('close', () => disconnected.abort());
    const signal = AbortSignal.any([disconnected.signal, this.closing.signal]);
    await sleep(hang_ms, undefined, { signal }).catch(() => undefined);
    if (then === 'answer' && !signal.aborted) return;
    request.raw.socket.destroy();
    throw new InjectedServerError(504);
  }
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
