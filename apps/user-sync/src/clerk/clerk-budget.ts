import { METRICS } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { Histogram, type Registry } from 'prom-client';
import { DataSource } from 'typeorm';
import { type UserSyncConfig } from '../config';
import { guardDatabase } from '../database/guard-database';
import { ClerkUnavailableError } from '../errors';
import { CONFIG } from '../tokens';
import { type Priority, priorities } from './priority';

/** Share of Clerk's limit that is used. The rest is for clock differences, probes and other users of the secret key. */
const USED = 0.9;
/**
 * Size of the bucket, as a share of the used limit. When the bucket is full, that many requests can be sent at once.
 * The other 80 % are refilled over 10 s. So no window of 10 s exceeds the used limit.
 */
const BURST = 0.2;
/** By priority: the share of a full bucket that a request must leave for more urgent requests. */
const KEPT: Readonly<Record<Priority, number>> = { first_login: 0, conflict: 0.1, write_back: 0.3, reconcile: 0.5 };
/** Maximum pause, even when Clerk asks for a longer one; milliseconds. */
const MAX_PAUSE_MS = 3_600_000;

/**
 * Draws up to `$4` tokens from the bucket, but leaves at least `$3` in it. `$1`: size of the bucket. `$2`: tokens that
 * are refilled per second. The bucket is one row that all replicas share. While `refilled_at` is in the future,
 * requests are paused. `wait_ms`: milliseconds until one more token can be drawn.
 */
const DRAW = `
  UPDATE clerk_budget AS b
     SET tokens = now.available - now.granted, refilled_at = greatest(b.refilled_at, now.at)
    FROM (SELECT at, refilled_at, available, greatest(0, least($4::integer, floor(available - $3::float8)::integer)) AS granted
            FROM (SELECT clock_timestamp() AS at, refilled_at, least($1::float8,
                           tokens + $2::float8 * greatest(0, extract(epoch FROM clock_timestamp() - refilled_at)::float8)) AS available
                    FROM clerk_budget WHERE id = 1 FOR UPDATE) AS refilled) AS now
   WHERE b.id = 1
  RETURNING now.granted, 1000 * (greatest(0, extract(epoch FROM now.refilled_at - now.at)::float8)
    + greatest(0, $3::float8 + 1 - now.available + now.granted) / $2::float8) AS wait_ms`;

/**
 * Creates the row, with a full bucket. The table is unlogged, so the row is missing before the first request and after
 * a crash of PostgreSQL. A crash forgets the requests of the last 10 s, so Clerk's limit may then be exceeded once, by
 * up to 8 %. That is accepted: Clerk answers 429, and all replicas pause.
 */
const BEGIN =
  'INSERT INTO clerk_budget (id, tokens, refilled_at) VALUES (1, $1, clock_timestamp()) ON CONFLICT DO NOTHING';

const PAUSE = `
  UPDATE clerk_budget SET tokens = 0,
         refilled_at = greatest(refilled_at, clock_timestamp() + $1::float8 * interval '1 millisecond')
   WHERE id = 1`;

interface Waiter {
  readonly until: number;
  readonly go: () => void;
  readonly refuse: (error: unknown) => void;
}

/**
 * Limits the requests of all replicas to Clerk by a token bucket in the users database. A less urgent request must leave
 * more of the bucket, so a reconcile run never starves a first login.
 */
@Injectable()
export class ClerkBudget {
  private readonly burst: number;
  private readonly perSecond: number;
  private readonly waiting: Record<Priority, Waiter[]> = {
    first_login: [],
    conflict: [],
    write_back: [],
    reconcile: [],
  };
  private readonly waited: Histogram<'lane'>;
  /** Whether the loop that draws tokens for waiting requests is running. */
  private drawing = false;
  /** Set while the loop sleeps until the bucket has a token for `priority`. */
  private blocked: { readonly priority: Priority; readonly until: number; readonly wake: () => void } | undefined;

  constructor(
    @Inject(CONFIG) { clerk }: { readonly clerk: Pick<UserSyncConfig['clerk'], 'requestsPer10s'> },
    private readonly dataSource: DataSource,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.burst = clerk.requestsPer10s * USED * BURST;
    this.perSecond = (clerk.requestsPer10s * USED * (1 - BURST)) / 10;
    this.waited = new Histogram({
      name: 'gatehouse_user_sync_clerk_budget_wait_seconds',
      help: 'Time that requests to Clerk waited for the budget',
      labelNames: ['lane'],
      buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5, 10, 30],
      registers: [metrics],
    });
  }

  /**
   * Resolves when one request may be sent.
   * @throws ClerkUnavailableError at once, when the wait would exceed `maxWaitMs`
   * @throws SharedOutageError while the database is unavailable
   */
  async take(priority: Priority, maxWaitMs: number): Promise<void> {
    const end = this.waited.startTimer({ lane: priority });
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((go, refuse) => {
        const waiter = { until: performance.now() + maxWaitMs, go, refuse };
        timer = setTimeout(() => this.refuse(priority, waiter, this.blockedMs), maxWaitMs);
        this.waiting[priority].push(waiter);
        this.draw();
      });
    } finally {
      clearTimeout(timer);
      end();
    }
  }

  /** Stops the requests of all replicas for `ms` milliseconds, at most an hour. @throws SharedOutageError */
  async pause(ms: number): Promise<void> {
    const pauseMs = Math.min(ms, MAX_PAUSE_MS);
    await guardDatabase(() => this.dataSource.query(PAUSE, [pauseMs]));
  }

  private draw(): void {
    if (!this.drawing) {
      this.drawing = true;
      void this.run();
      return;
    }
    // The loop sleeps until the bucket has a token for the blocked request. A more urgent request may leave fewer
    // tokens in the bucket, so it can be sent earlier and wakes the loop. Any other request waits at least as long as
    // the blocked one. If it may not wait that long, it is rejected now.
    const { blocked } = this;
    if (blocked === undefined) return;
    if (priorities.some((priority) => isMoreUrgent(priority, blocked.priority) && this.isWaiting(priority)))
      return blocked.wake();
    for (const priority of priorities) this.refuseHopeless(priority, this.blockedMs ?? 0);
  }

  /** Time until the blocked request can get its token, in milliseconds; undefined when none is blocked. */
  private get blockedMs(): number | undefined {
    return this.blocked && Math.max(0, Math.ceil(this.blocked.until - performance.now()));
  }

  private async run(): Promise<void> {
    try {
      for (let next = this.nextPriority(); next !== undefined; next = this.nextPriority()) {
        const wanted = this.waiting[next].length;
        const { granted, waitMs } = await this.drawFor(next, wanted);
        for (const { go } of this.waiting[next].splice(0, granted)) go();
        if (granted === wanted) continue;
        this.refuseHopeless(next, waitMs);
        if (this.isWaiting(next)) await this.sleep(next, waitMs);
      }
    } catch (error) {
      for (const priority of priorities) for (const { refuse } of this.waiting[priority].splice(0)) refuse(error);
    }
    this.drawing = false;
  }

  private nextPriority(): Priority | undefined {
    return priorities.find((priority) => this.isWaiting(priority));
  }

  private isWaiting(priority: Priority): boolean {
    return this.waiting[priority].length > 0;
  }

  private async drawFor(
    priority: Priority,
    wanted: number,
  ): Promise<{ readonly granted: number; readonly waitMs: number }> {
    const parameters = [this.burst, this.perSecond, KEPT[priority] * this.burst, wanted];
    return guardDatabase(async () => {
      for (;;) {
        const [[row]] = await this.dataSource.query<[{ granted: number; wait_ms: number }[], number]>(DRAW, parameters);
        if (row !== undefined) return { granted: row.granted, waitMs: Math.ceil(row.wait_ms) };
        await this.dataSource.query(BEGIN, [this.burst]);
      }
    });
  }

  private refuseHopeless(priority: Priority, waitMs: number): void {
    const at = performance.now() + waitMs;
    for (const waiter of [...this.waiting[priority]]) if (waiter.until < at) this.refuse(priority, waiter, waitMs);
  }

  private refuse(priority: Priority, waiter: Waiter, retryAfterMs: number | undefined): void {
    const index = this.waiting[priority].indexOf(waiter);
    if (index < 0) return;
    this.waiting[priority].splice(index, 1);
    const answer = retryAfterMs === undefined ? {} : { retryAfterMs };
    waiter.refuse(new ClerkUnavailableError('network', answer, 'The budget of requests to Clerk is used up for now.'));
  }

  private sleep(priority: Priority, ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => wake(), ms);
      timer.unref();
      const wake = (): void => {
        clearTimeout(timer);
        this.blocked = undefined;
        resolve();
      };
      this.blocked = { priority, until: performance.now() + ms, wake };
    });
  }
}

function isMoreUrgent(priority: Priority, than: Priority): boolean {
  return priorities.indexOf(priority) < priorities.indexOf(than);
}
