import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { TooManyRequestsError } from '../errors';
import { CONFIG, NOW } from '../tokens';
import { type RateLimitMode } from './rate-limit-mode';

const WINDOW_MS = 10_000;
const INSTANCE_LIMIT = { development: 100, production: 1_000 } as const;
const USER_WRITE_LIMIT = 10;
/**
 * Maximum number of users whose changes are counted, to bound the memory. When it is exceeded, the user whose last
 * change is the oldest is forgotten.
 */
const USERS_KEPT = 10_000;

interface Window {
  readonly startedAt: number;
  count: number;
}

/**
 * Rate limits of Clerk's Backend API, in windows of 10 s: one limit for the instance and one for each user. The
 * instance's limit counts all requests but those for the JWKS. A user's limit counts the requests that update the
 * user's profile or metadata, but not a ban, for example. A window starts with its first request.
 */
@Injectable()
export class RateLimiter {
  private instance: Window = { startedAt: -Infinity, count: 0 };
  private readonly users = new Map<string, Window>();
  mode: RateLimitMode;

  constructor(
    @Inject(CONFIG) config: EmulatorConfig,
    @Inject(NOW) private readonly now: Now,
  ) {
    this.mode = config.rateLimits;
  }

  /** Changes the limits and resets all windows. */
  setMode(mode: RateLimitMode): void {
    this.mode = mode;
    this.instance = { startedAt: -Infinity, count: 0 };
    this.users.clear();
  }

  /** Counts a request. @throws TooManyRequestsError */
  take(method: string, path: string): void {
    if (this.mode === 'off' || path === '/v1/jwks') return;
    this.instance = this.count(this.instance, INSTANCE_LIMIT[this.mode]);
    const userId = userWritten(method, path);
    if (userId === undefined) return;
    const window = this.count(this.users.get(userId), USER_WRITE_LIMIT);
    this.users.delete(userId);
    this.users.set(userId, window);
    const [oldest] = this.users.keys();
    if (this.users.size > USERS_KEPT && oldest !== undefined) this.users.delete(oldest);
  }

  private count(before: Window | undefined, limit: number): Window {
    const now = this.now();
    const window = before && now - before.startedAt < WINDOW_MS ? before : { startedAt: now, count: 0 };
    if (window.count >= limit) {
      throw new TooManyRequestsError(Math.max(1, Math.ceil((window.startedAt + WINDOW_MS - now) / 1_000)));
    }
    window.count++;
    return window;
  }
}

/** Id of the user whose profile or metadata the request changes; undefined for any other request. */
function userWritten(method: string, path: string): string | undefined {
  if (method !== 'PATCH' && method !== 'PUT') return undefined;
  return /^\/v1\/users\/([^/]+)(?:\/metadata)?$/.exec(path)?.[1];
}
