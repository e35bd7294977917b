import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type FastifyRequest } from 'fastify';
import { InjectedServerError } from '../errors';
import { planAnswer } from '../inject-faults/answer-plans';
import { ApiFaults } from '../inject-faults/api-faults';
import { type FaultParams } from '../inject-faults/fault-kinds';

/** Injects the enabled faults into requests of the Backend API and the Frontend API. */
@Injectable()
export class FaultyAnswers implements OnModuleDestroy {
  private readonly closing = new AbortController();

  constructor(private readonly faults: ApiFaults) {}

  onModuleDestroy(): void {
    this.closing.abort();
  }

  /** @throws ClerkApiError when a fault answers the request instead of its handler */
  async inject(request: FastifyRequest, path: string, api: 'backend_api' | 'frontend_api'): Promise<void> {
    const { hang, refusal, answer } = this.faults.plan(request.method, path, api);
    planAnswer(request.raw, answer);
    if (hang) await this.hang(request, hang);
    if (refusal) throw refusal;
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
