import { type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { type Logger } from 'pino';
import { RateLimiterRedis, type RateLimiterRes } from 'rate-limiter-flexible';
import { type Count, type CounterStore, type Purpose } from './counter-store';

const CONNECT_TIMEOUT_MS = 1_000;
/** Maximum time that a request waits for its count. */
const COMMAND_TIMEOUT_MS = 250;
const MAX_RECONNECT_WAIT_MS = 1_000;
const KEY_PREFIX = 'gatehouse:rate';
/** Limit that is never reached: the store only counts, and `RateLimiter` decides. */
const NO_LIMIT = Number.MAX_SAFE_INTEGER;

/**
 * Counts in Redis or Valkey, shared by several gateways. While the store is unavailable, every call rejects at once.
 */
export class RedisCounters implements CounterStore, OnApplicationShutdown {
  private readonly client: Redis;
  private readonly byWindow = new Map<number, RateLimiterRedis>();
  private isUnavailable = false;

  constructor(
    url: string,
    private readonly log: Logger,
  ) {
    this.client = new Redis(url, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      retryStrategy: (attempt) => Math.min(attempt * 100, MAX_RECONNECT_WAIT_MS),
    });
    this.client.on('ready', () => {
      if (this.isUnavailable) this.log.info('rate limit store available again');
      this.isUnavailable = false;
    });
    // Safe to log: an error of the Redis client contains the host and port, but not the password.
    this.client.on('error', (error: Error) => this.lost(error));
    this.client.on('close', () => this.lost(undefined));
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
    this.client.disconnect();
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

  private lost(error: Error | undefined): void {
    if (!this.isUnavailable)
      this.log.warn({ reason: error?.message ?? 'closed' }, 'rate limit store unavailable; retrying');
    this.isUnavailable = true;
  }
}

function toCount(result: RateLimiterRes | null, windowMs: number): Count {
  if (result === null) return { count: 0, resetMs: windowMs };
  return { count: result.consumedPoints, resetMs: Math.max(result.msBeforeNext, 0) };
}
