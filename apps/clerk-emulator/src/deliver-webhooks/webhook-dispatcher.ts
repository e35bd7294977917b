import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { NOW, type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { signingSecrets } from '../keep-endpoints/endpoint';
import { Endpoints } from '../keep-endpoints/endpoints';
import { type AttemptFault } from '../inject-faults/delivery-faults';
import { ATTEMPTS_KEPT, type Delivery } from './delivery';
import { DeliveryLog } from './delivery-log';
import { DueDeliveries } from './due-deliveries';
import { HeldDeliveries } from './held-deliveries';
import { retryDelayMs } from './retry-delay';
import { sendAttempt } from './send-attempt';

/** How long a shutdown waits for attempts in hand before it cuts them off, in ms. */
const GRACE_MS = 3_000;
/** Attempts in hand at most, whatever the number of endpoints. */
const IN_HAND_LIMIT = 256;
/** The longest that a timer of Node's waits, in ms: a longer one would go off at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Sends pending deliveries, to each endpoint in order of arrival and with bounded concurrency, and retries them by
 * schedule. What is undelivered when it stops stays pending.
 */
@Injectable()
export class WebhookDispatcher implements OnModuleDestroy {
  private readonly due: DueDeliveries;
  private readonly timers = new Map<Delivery, NodeJS.Timeout>();
  private readonly held = new HeldDeliveries((delivery) => this.enqueue(delivery));
  private readonly inHand = new Map<Delivery, Promise<void>>();
  private readonly cutOff = new AbortController();
  private idleWaiters: (() => void)[] = [];
  private phase: 'starting' | 'running' | 'stopped' = 'starting';
  private pausedByHand = false;

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly log: DeliveryLog,
    private readonly endpoints: Endpoints,
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.due = new DueDeliveries(config.webhookConcurrency);
  }

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
    this.held.clear();
    const grace = setTimeout(() => this.cutOff.abort(), GRACE_MS);
    await Promise.all(this.inHand.values());
    clearTimeout(grace);
    this.settleWaiters();
  }

  /** Takes a pending delivery: at once when its time has come, else then. */
  schedule(delivery: Delivery): void {
    if (this.phase === 'stopped') return;
    if (delivery.hold) {
      this.held.hold(delivery);
      return;
    }
    const wait = (delivery.next_attempt_at ?? 0) - this.now();
    if (wait <= 0) {
      this.enqueue(delivery);
      return;
    }
    const timer = setTimeout(
      () => {
        this.timers.delete(delivery);
        this.enqueue(delivery);
      },
      Math.min(wait, LONGEST_TIMER_MS),
    );
    this.timers.set(delivery, timer);
  }

  /** One attempt now, paused or not, with the schedule begun anew; resolves when the endpoint has answered. */
  async sendNow(delivery: Delivery): Promise<void> {
    await this.inHand.get(delivery);
    if (this.phase === 'stopped') return;
    this.takeBack(delivery);
    delivery.failures = 0;
    this.log.setStatus(delivery, 'pending', this.now());
    await this.begin(delivery);
  }

  /** Queues it as if it were new, with the schedule begun anew. */
  sendAgain(delivery: Delivery): void {
    if (this.inHand.has(delivery)) return;
    this.takeBack(delivery);
    delivery.failures = 0;
    this.log.setStatus(delivery, 'pending', this.now());
    this.schedule(delivery);
  }

  /** Gives up what is pending for an endpoint. */
  giveUpFor(endpointId: string, note: string): void {
    for (const delivery of this.log.allPending()) {
      if (delivery.endpoint_id !== endpointId) continue;
      this.takeBack(delivery);
      this.log.setStatus(delivery, 'failed', null, note);
    }
  }

  /** Forgets whatever waits; what is in hand ends by itself. */
  forgetAll(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.due.clear();
    this.held.clear();
    this.pump();
  }

  pause(): void {
    this.pausedByHand = true;
    this.pump();
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
    return this.inHand.size === 0 && (this.due.isEmpty || !this.mayStart);
  }

  private enqueue(delivery: Delivery): void {
    this.due.add(delivery);
    this.pump();
  }

  private takeBack(delivery: Delivery): void {
    this.due.delete(delivery);
    this.held.forget(delivery);
    clearTimeout(this.timers.get(delivery));
    this.timers.delete(delivery);
  }

  private pump(): void {
    while (this.mayStart && this.inHand.size < IN_HAND_LIMIT) {
      const delivery = this.due.next();
      if (!delivery) break;
      if (this.mayGo(delivery)) void this.begin(delivery);
    }
    if (this.isIdle()) this.settleWaiters();
  }

  /** A disabled endpoint gets nothing more, neither new events nor retries. */
  private mayGo(delivery: Delivery): boolean {
    if (this.endpoints.find(delivery.endpoint_id)?.enabled !== false) return true;
    this.log.setStatus(delivery, 'failed', null, 'endpoint disabled');
    return false;
  }

  private begin(delivery: Delivery): Promise<void> {
    this.due.noteBegun(delivery);
    const attempt = this.attempt(delivery).finally(() => {
      this.inHand.delete(delivery);
      this.due.noteEnded(delivery);
      this.held.noteGone(delivery);
      this.pump();
    });
    this.inHand.set(delivery, attempt);
    return attempt;
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const at = this.now();
    const startedAt = performance.now();
    const endpoint = this.endpoints.find(delivery.endpoint_id);
    const secrets = endpoint ? signingSecrets(endpoint, at) : [this.config.webhookSecret];
    const faults = takeFaults(delivery.attempt_faults);
    const { webhookTimeoutMs: timeoutMs } = this.config;
    const signal = this.cutOff.signal;
    const outcome = await sendAttempt(delivery, { secrets, faults, now: at, timeoutMs, signal });
    const { status, error, retryAfter, request, response } = outcome;
    // Cut off by our own shutdown: it stays pending, as if it had not been tried.
    if (status === null && signal.aborted) return;
    const duration_ms = Math.round(performance.now() - startedAt);
    const attempt = { at, duration_ms, status, error, faults: faults.map(({ kind }) => kind), request, response };
    delivery.attempts = [...delivery.attempts, attempt].slice(-ATTEMPTS_KEPT);
    if (error === null) this.log.setStatus(delivery, 'delivered', null);
    else this.retryOrGiveUp(delivery, error, retryAfter);
    this.endpoints.noteAttempt(delivery.endpoint_id, error === null);
  }

  private retryOrGiveUp(delivery: Delivery, error: string, retryAfter: string | null): void {
    delivery.failures++;
    // What was sent past a full queue does not come into it.
    const schedule = delivery.retry && !this.log.isOverfull ? this.config.retryScheduleMs : [];
    const wait = retryDelayMs(schedule, delivery.failures, retryAfter, this.now());
    const { message_id: id, type } = delivery;
    this.logger.warn({ id, type, error, retryInMs: wait }, 'webhook attempt failed');
    this.log.setStatus(delivery, wait === null ? 'failed' : 'pending', wait === null ? null : this.now() + wait);
    if (delivery.status === 'pending' && this.log.holds(delivery)) this.schedule(delivery);
  }

  private settleWaiters(): void {
    const waiters = this.idleWaiters;
    this.idleWaiters = [];
    for (const resolve of waiters) resolve();
  }
}

/** The faults that strike the next attempt; each uses up one of its attempts. */
function takeFaults(faults: readonly AttemptFault[]): AttemptFault[] {
  const striking = faults.filter((fault) => fault.attempts_left === null || fault.attempts_left > 0);
  for (const fault of striking) if (fault.attempts_left !== null) fault.attempts_left--;
  return striking;
}
