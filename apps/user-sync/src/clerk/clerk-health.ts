import { LOGGER, METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { type Logger } from 'pino';
import { type UserSyncConfig } from '../config';
import { type ClerkAnswer, ClerkUnavailableError } from '../errors';
import { CONFIG } from '../tokens';
import { backendApiHeaders, retryAfterOf } from './backend-api';
import { type Priority } from './priority';

/** As long as a request may take: who is slow is not away. */
const PROBE_TIMEOUT_MS = 10_000;
const BETWEEN_PROBES_MS = { first: 1_000, most: 10_000 };

/** A limit of the whole instance; `retryAfterMs` where Clerk says so. */
export type InstanceLimit = Pick<ClerkAnswer, 'retryAfterMs'>;

/**
 * Whether Clerk as a whole is away, or only failed at one question: after a failure that may be either it is asked
 * something that has to do with no user. While it is away nobody but a first login asks, until a probe is answered.
 */
@Injectable()
export class ClerkHealth {
  private outage: { probeAt: number; pauseMs: number } | undefined;
  private probing: Promise<boolean> | undefined;
  private limiting: Promise<InstanceLimit | undefined> | undefined;
  private readonly gauge: Gauge;

  constructor(
    @Inject(CONFIG) private readonly config: { readonly clerk: Pick<UserSyncConfig['clerk'], 'apiUrl' | 'secretKey'> },
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.gauge = new Gauge({
      name: 'gatehouse_user_sync_clerk_away',
      help: 'Whether Clerk as a whole did not answer when it was last asked',
      registers: [metrics],
    });
  }

  /** Throws ClerkUnavailableError while Clerk is known to be away. */
  async admit(priority: Priority): Promise<void> {
    if (this.outage === undefined || priority === 'first_login') return;
    if (performance.now() >= this.outage.probeAt) {
      const away = this.isAway();
      // An event holds up those that come after it: it does not wait for the probe.
      if (priority !== 'conflict' && !(await away)) return;
    }
    throw new ClerkUnavailableError('network', {}, 'Clerk as a whole is away');
  }

  /** Asks now; questions that come together are one. */
  isAway(): Promise<boolean> {
    this.probing ??= this.probe().finally(() => {
      this.probing = undefined;
    });
    return this.probing;
  }

  /**
   * How long Clerk limits the whole instance; undefined when it answers a request that is about no user. Concurrent calls
   * share one request.
   */
  instanceLimit(): Promise<InstanceLimit | undefined> {
    this.limiting ??= this.readLimit().finally(() => {
      this.limiting = undefined;
    });
    return this.limiting;
  }

  /** Clerk has answered somebody. */
  answered(): void {
    if (this.outage === undefined) return;
    this.outage = undefined;
    this.gauge.set(0);
    this.log.info('Clerk answers again');
  }

  private async readLimit(): Promise<InstanceLimit | undefined> {
    const response = await this.askAboutNobody().catch(() => undefined);
    return response?.status === 429 ? retryAfterOf(response) : undefined;
  }

  private async askAboutNobody(): Promise<Response> {
    const { apiUrl, secretKey } = this.config.clerk;
    const response = await fetch(`${apiUrl}/v1/users/count`, {
      headers: backendApiHeaders(secretKey),
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      redirect: 'error',
    });
    await response.body?.cancel();
    return response;
  }

  private async probe(): Promise<boolean> {
    try {
      const { status } = await this.askAboutNobody();
      if (status < 500 && status !== 408 && status !== 429) {
        this.answered();
        return false;
      }
    } catch {
      // No answer is an answer here.
    }
    if (this.outage === undefined) this.log.warn('Clerk as a whole is away');
    const pauseMs = Math.min((this.outage?.pauseMs ?? BETWEEN_PROBES_MS.first / 2) * 2, BETWEEN_PROBES_MS.most);
    this.outage = { pauseMs, probeAt: performance.now() + pauseMs };
    this.gauge.set(1);
    return true;
  }
}
