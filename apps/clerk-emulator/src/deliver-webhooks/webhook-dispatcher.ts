import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { NOW, type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { ATTEMPTS_KEPT, type Delivery } from './delivery';
import { DeliveryLog } from './delivery-log';
import { retryDelayMs } from './retry-delay';
import { sendAttempt } from './send-attempt';

/** How long a shutdown waits for attempts in hand before it cuts them off, in ms. */
const GRACE_MS = 3_000;

/**
 * Sends pending deliveries, started in order of arrival, with bounded concurrency, and retries them by schedule. What
 * is undelivered when it stops stays pending.
 */
@Injectable()
export class WebhookDispatcher implements OnModuleDestroy {
  private readonly ready = new Set<Delivery>();
  private readonly timers = new Map<Delivery, NodeJS.Timeout>();
  private readonly inHand = new Map<Delivery, Promise<void>>();
  private readonly cutOff = new AbortController();
  private idleWaiters: (() => void)[] = [];
  private phase: 'starting' | 'running' | 'stopped' = 'starting';
  private pausedByHand = false;

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly log: DeliveryLog,
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  get paused(): boolean {
    return this.pausedByHand;
  }

  get inHandCount(): number {
    return this.inHand.size;
  }

  /** From now on deliveries go out. */
  start(): void {
    this.phase = 'running';
    this.pump();
  }

  async onModuleDestroy(): Promise<void> {
    this.phase = 'stopped';
    for (const timer of this.timers.values()) clearTimeout(timer);
    const grace = setTimeout(() => this.cutOff.abort(), GRACE_MS);
    await Promise.all(this.inHand.values());
    clearTimeout(grace);
    this.settleWaiters();
  }

  /** Takes a pending delivery: at once when its time has come, else then. */
  schedule(delivery: Delivery): void {
    if (this.phase === 'stopped') return;
    const wait = (delivery.next_attempt_at ?? 0) - this.now();
    if (wait <= 0) {
      this.ready.add(delivery);
      this.pump();
      return;
    }
    const timer = setTimeout(() => {
      this.timers.delete(delivery);
      this.ready.add(delivery);
      this.pump();
    }, wait);
    this.timers.set(delivery, timer);
  }

  /** One attempt now, paused or not, with the schedule begun anew; resolves when the endpoint has answered. */
  async sendNow(delivery: Delivery): Promise<void> {
    await this.inHand.get(delivery);
    if (this.phase === 'stopped') return;
    this.ready.delete(delivery);
    clearTimeout(this.timers.get(delivery));
    this.timers.delete(delivery);
    delivery.failures = 0;
    this.log.setStatus(delivery, 'pending', this.now());
    await this.begin(delivery);
  }

  pause(): void {
    this.pausedByHand = true;
  }

  resume(): void {
    this.pausedByHand = false;
    this.pump();
  }

  /** Resolves when no attempt is in hand or due at once; what waits for a retry or for `resume` does not count. */
  whenIdle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  private get mayStart(): boolean {
    return this.phase === 'running' && !this.pausedByHand;
  }

  private isIdle(): boolean {
    return this.inHand.size === 0 && (this.ready.size === 0 || !this.mayStart);
  }

  private pump(): void {
    if (this.mayStart) {
      for (const delivery of this.ready) {
        if (this.inHand.size >= this.config.webhookConcurrency) return;
        this.ready.delete(delivery);
        void this.begin(delivery);
      }
    }
    if (this.isIdle()) this.settleWaiters();
  }

  private begin(delivery: Delivery): Promise<void> {
    const attempt = this.attempt(delivery).finally(() => {
      this.inHand.delete(delivery);
      this.pump();
    });
    this.inHand.set(delivery, attempt);
    return attempt;
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const at = this.now();
    const startedAt = performance.now();
    const { webhookSecret: secret, webhookTimeoutMs: timeoutMs } = this.config;
    const signal = this.cutOff.signal;
    const { status, error, retryAfter } = await sendAttempt(delivery, { secret, now: at, timeoutMs, signal });
    // Cut off by our own shutdown: it stays pending, as if it had not been tried.
    if (status === null && signal.aborted) return;
    const duration_ms = Math.round(performance.now() - startedAt);
    delivery.attempts = [...delivery.attempts, { at, duration_ms, status, error }].slice(-ATTEMPTS_KEPT);
    if (error === null) this.log.setStatus(delivery, 'delivered', null);
    else this.retryOrGiveUp(delivery, error, retryAfter);
  }

  private retryOrGiveUp(delivery: Delivery, error: string, retryAfter: string | null): void {
    delivery.failures++;
    const schedule = delivery.retry ? this.config.retryScheduleMs : [];
    const wait = retryDelayMs(schedule, delivery.failures, retryAfter, this.now());
    const { message_id: id, type } = delivery;
    this.logger.warn({ id, type, error, retryInMs: wait }, 'webhook attempt failed');
    this.log.setStatus(delivery, wait === null ? 'failed' : 'pending', wait === null ? null : this.now() + wait);
    if (wait !== null) this.schedule(delivery);
  }

  private settleWaiters(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}
