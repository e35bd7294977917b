import { type Live } from '@gatehouse/config';
import { type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type Logger } from 'pino';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Count, type CounterStore, type Purpose } from './counter-store';

const CONNECT_TIMEOUT_MS = 1_000;
const MAX_RECONNECT_WAIT_MS = 1_000;
const KEY_PREFIX = 'gatehouse:rate';
/** Limit that is never reached: the store only counts, and `RateLimiter` decides. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Counts in Redis or Valkey, shared by several gateways. While the store is unavailable, every call rejects at once.
 *
 * When the URL changes, a second connection is made. The first one is used until the store accepts the second, because
 * the store may get a new password later than the gateway.
 */
export class RedisCounters implements CounterStore, OnApplicationShutdown {
  private client: Redis;
  /** Connects with a changed URL, and is not accepted yet. */
  private candidate: Redis | undefined;
  /** Finishes its commands after a change of the URL. */
  private former: Redis | undefined;
  private readonly byWindow = new Map<number, RateLimiterRedis>();
  private isUnavailable = false;
  private isRefused = false;

  constructor(
    url: Live<string>,
    private readonly log: Logger,
    /** Maximum time that a request waits for its count; milliseconds. */
    private readonly waitMs: number,
  ) {
    this.client = this.open(url.current);
    url.onChange((changed) => {
      this.candidate?.disconnect();
      this.isRefused = false;
      this.candidate = this.open(changed);
    });
  }

  async hit({ name, windowMs }: Purpose, who: string): Promise<Count> {
    return toCount(await this.limiter(windowMs).penalty(`${name}:${who}`, 1), windowMs);
  }

  async look({ name, windowMs }: Purpose, who: string): Promise<Count> {
    return toCount(await this.limiter(windowMs).get(`${name}:${who}`), windowMs);
  }

  /** Whether the store is connected. */
  get ready(): boolean {
    return this.client.status === 'ready';
  }

  onApplicationShutdown(): void {
    for (const client of [this.client, this.candidate, this.former]) client?.disconnect();
  }

  private open(url: string): Redis {
    const client = new Redis(url, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: this.waitMs,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_WAIT_MS),
    });
    client.on('ready', () => this.found(client));
    // Safe to log: an error of the Redis client contains the host and port, but not the password.
    client.on('error', (error: Error) => this.lost(client, error));
    client.on('close', () => this.lost(client, undefined));
    return client;
  }

  private found(client: Redis): void {
    if (client === this.candidate) {
      const former = this.client;
      this.former = former;
      this.client = client;
      this.candidate = undefined;
      this.byWindow.clear();
      // After the commands that it has sent.
      setTimeout(() => former.disconnect(), 2 * this.waitMs).unref();
      this.log.info('changed RATE_LIMIT_STORE accepted');
    }
    if (client !== this.client) return;
    if (this.isUnavailable) this.log.info('rate limit store available again');
    this.isUnavailable = false;
  }

  private limiter(windowMs: number): RateLimiterRedis {
    const known = this.byWindow.get(windowMs);
    if (known !== undefined) return known;
    const limiter = new RateLimiterRedis({
      storeClient: this.client,
      keyPrefix: `${KEY_PREFIX}:${windowMs}`,
      points: NO_LIMIT,
      duration: windowMs / 1_000,
      rejectIfRedisNotReady: true,
    });
    this.byWindow.set(windowMs, limiter);
    return limiter;
  }

  private lost(client: Redis, error: Error | undefined): void {
    const reason = error?.message ?? 'closed';
    if (client === this.candidate) {
      if (!this.isRefused) this.log.warn({ reason }, 'changed RATE_LIMIT_STORE failed; retrying');
      this.isRefused = true;
    } else if (client === this.client) {
      if (!this.isUnavailable) this.log.warn({ reason }, 'rate limit store unavailable; retrying');
      this.isUnavailable = true;
    }
  }
}

function toCount(result: RateLimiterRes | null, windowMs: number): Count {
  if (result === null) return { count: 0, resetMs: windowMs };
  return { count: result.consumedPoints, resetMs: Math.max(result.msBeforeNext, 0) };
}
