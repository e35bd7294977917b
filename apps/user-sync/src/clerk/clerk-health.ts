import { LOGGER, METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { type Logger } from 'pino';
import { type UserSyncConfig } from '../config';
import { type ClerkAnswer, ClerkUnavailableError } from '../errors';
import { CONFIG } from '../tokens';
import { backendApiHeaders, retryAfterOf } from './backend-api';
import { type Priority } from './priority';

/** Timeout of a probe. Equals the timeout of other requests, so that a slow Clerk does not count as unavailable. */
const PROBE_TIMEOUT_MS = 10_000;
const BETWEEN_PROBES_MS = { first: 1_000, most: 10_000 };

/**
 * Clerk's answer 429, when it limits all requests of our instance. `retryAfterMs`: the wait that Clerk asks for, if
 * any.
 */
export type InstanceLimit = Pick<ClerkAnswer, 'retryAfterMs'>;

/**
 * Finds out whether all of Clerk is unavailable or only one request has failed, by a probe: a request that concerns no
 * user. During an outage, only probes and first logins are sent. The outage ends when Clerk answers any of them.
 */
@Injectable()
export class ClerkHealth {
  /** Set during an outage: from a failed probe until Clerk answers. `probeAt`: when the next probe may be sent. */
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
      help: '1 while Clerk as a whole is unavailable, else 0',
      registers: [metrics],
    });
  }

  /**
   * Admits a request, or rejects it during an outage. First logins are always admitted. When a probe is due, the next
   * request waits for the probe, and is admitted if Clerk answers. A request of priority `conflict` starts the probe as
   * well, but is rejected without waiting.
   * @throws ClerkUnavailableError for a request that is not admitted
   */
  async admit(priority: Priority): Promise<void> {
    if (this.outage === undefined || priority === 'first_login') return;
    if (performance.now() >= this.outage.probeAt) {
      const unavailable = this.isUnavailable();
      // A request for an event (`conflict`) does not wait for the probe: the wait would delay the events behind it.
      if (priority !== 'conflict' && !(await unavailable)) return;
    }
    throw new ClerkUnavailableError('network', {}, 'Clerk as a whole is unavailable.');
  }

  /** Probes Clerk now. Concurrent calls share one probe. */
  isUnavailable(): Promise<boolean> {
    this.probing ??= this.probe().finally(() => {
      this.probing = undefined;
    });
    return this.probing;
  }

  /**
   * Finds out whether Clerk limits the whole instance, by a request that concerns no user. Returns undefined unless
   * Clerk answers that request with 429. Concurrent calls share one request.
   */
  instanceLimit(): Promise<InstanceLimit | undefined> {
    this.limiting ??= this.readLimit().finally(() => {
      this.limiting = undefined;
    });
    return this.limiting;
  }

  /** Ends an outage: Clerk has answered a request. */
  answered(): void {
    if (this.outage === undefined) return;
    this.outage = undefined;
    this.gauge.set(0);
    this.log.info('Clerk answers again');
  }

  private async readLimit(): Promise<InstanceLimit | undefined> {
    const response = await this.countUsers().catch(() => undefined);
    return response?.status === 429 ? retryAfterOf(response) : undefined;
  }

  private async countUsers(): Promise<Response> {
    const { apiUrl, secretKey } = this.config.clerk;
    const response = await fetch(`${apiUrl}/v1/users/count`, {
      headers: backendApiHeaders(secretKey.current),
      signal: AbortSignal.timeout(PROBE_TIMEOUT_MS),
      redirect: 'error',
    });
    await response.body?.cancel();
    return response;
  }

  private async probe(): Promise<boolean> {
    try {
      const { status } = await this.countUsers();
      // 408, 429 and 5xx count as an outage: Clerk did not process even this simple request.
      if (status < 500 && status !== 408 && status !== 429) {
        this.answered();
        return false;
      }
    } catch {
      // No answer counts as an outage.
    }
    if (this.outage === undefined) this.log.warn('Clerk as a whole is unavailable');
    const pauseMs = Math.min((this.outage?.pauseMs ?? BETWEEN_PROBES_MS.first / 2) * 2, BETWEEN_PROBES_MS.most);
    this.outage = { pauseMs, probeAt: performance.now() + pauseMs };
    this.gauge.set(1);
    return true;
  }
}
