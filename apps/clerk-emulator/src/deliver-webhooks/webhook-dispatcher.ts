import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { type Logger } from 'pino';
import { type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { type AttemptFault } from '../inject-faults/delivery-faults';
import { signingSecrets } from '../keep-endpoints/endpoint';
import { Endpoints } from '../keep-endpoints/endpoints';
import { EmulatorState } from '../persist-state/emulator-state';
import { CONFIG, NOW } from '../tokens';
import { ATTEMPTS_KEPT, type Delivery } from './delivery';
import { DeliveryLog } from './delivery-log';
import { DueDeliveries } from './due-deliveries';
import { HeldDeliveries } from './held-deliveries';
import { retryDelayMs } from './retry-delay';
import { savedDeliveries, withDefaults } from './saved-deliveries';
import { sendAttempt } from './send-attempt';

/** Time that a shutdown waits for attempts in flight before it aborts them, in ms. */
const GRACE_MS = 3_000;
/** Maximum attempts in flight, for all endpoints together. */
const IN_FLIGHT_LIMIT = 256;
/** Longest delay of a Node timer, in ms; a timer with a longer delay would fire at once. */
const LONGEST_TIMER_MS = 2_147_483_647;

/**
 * Sends pending deliveries and retries them by schedule.
 *
 * A pending delivery is in one of these states; each arrow names the next state and its condition:
 * - held: the fault `reorder` keeps it in `held`. → due, after the required number of attempts of other deliveries to
 *   its endpoint, or after the maximum wait.
 * - scheduled: its timer is in `timers`. → due, when the timer fires.
 * - due: it is queued in `due`. → in flight, when the dispatcher runs, is not paused and is below its limits. → failed,
 *   if its endpoint is disabled when its turn comes.
 * - in flight: its attempt is in `inFlight`. → delivered, after 2xx. → scheduled, after a failure with a retry left. →
 *   failed, after the last failure.
 *
 * The control API can also send a delivery in any state but in flight, even one that was delivered or has failed.
 * `sendAgain` makes it due; `sendNow` starts an attempt at once. `reset` drops every delivery that is not in flight.
 *
 * Held and scheduled deliveries of a disabled endpoint stay pending until they are due. The deletion of an endpoint
 * fails all its pending deliveries at once.
 *
 * A shutdown aborts attempts in flight after 3 s. Their deliveries stay pending. With STATE_FILE, all pending
 * deliveries are saved, and the next start schedules them again; without it, they are lost.
 *
 * Until `start`, the dispatcher is `starting` and sends nothing. Then it is `running`, and after a shutdown `stopped`.
 */
@Injectable()
export class WebhookDispatcher implements OnModuleDestroy {
  private readonly due: DueDeliveries;
  private readonly timers = new Map<Delivery, NodeJS.Timeout>();
  private readonly held = new HeldDeliveries((delivery) => this.enqueue(delivery));
  private readonly inFlight = new Map<Delivery, Promise<void>>();
  private readonly abort = new AbortController();
  private idleWaiters: (() => void)[] = [];
  private phase: 'starting' | 'running' | 'stopped' = 'starting';
  private isPaused = false;

  constructor(
    @Inject(CONFIG) private readonly config: EmulatorConfig,
    private readonly log: DeliveryLog,
    private readonly endpoints: Endpoints,
    @Inject(NOW) private readonly now: Now,
    @Inject(LOGGER) private readonly logger: Logger,
    state: EmulatorState,
  ) {
    this.due = new DueDeliveries(config.webhookConcurrency);
    state.register({
      reset: () => this.reset(),
      saved: {
        schema: savedDeliveries,
        save: () => ({ deliveries: this.log.allPending() }),
        restore: ({ deliveries }) => {
          for (const delivery of deliveries.map(withDefaults)) {
            this.log.add(delivery);
            this.schedule(delivery);
          }
        },
      },
    });
  }

  get paused(): boolean {
    return this.isPaused;
  }

  get inFlightCount(): number {
    return this.inFlight.size;
  }

  start(): void {
    this.phase = 'running';
    this.pump();
  }

  async onModuleDestroy(): Promise<void> {
    this.phase = 'stopped';
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.held.clear();
    const grace = setTimeout(() => this.abort.abort(), GRACE_MS);
    await Promise.all(this.inFlight.values());
    clearTimeout(grace);
    this.settleWaiters();
  }

  /** Holds, schedules or queues a pending delivery. */
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

  /**
   * Makes one attempt at once, whether the dispatcher is paused or not, and restarts the delivery's retry schedule.
   * Resolves after the attempt.
   */
  async sendNow(delivery: Delivery): Promise<void> {
    await this.inFlight.get(delivery);
    if (this.phase === 'stopped') return;
    this.takeBack(delivery);
    delivery.failures = 0;
    this.log.setStatus(delivery, 'pending', this.now());
    await this.begin(delivery);
  }

  /** Queues a delivery again and restarts its retry schedule; does nothing while it is in flight. */
  sendAgain(delivery: Delivery): void {
    if (this.inFlight.has(delivery)) return;
    this.takeBack(delivery);
    delivery.failures = 0;
    this.log.setStatus(delivery, 'pending', this.now());
    this.schedule(delivery);
  }

  /** Fails all pending deliveries of an endpoint. */
  failPending(endpointId: string, note: string): void {
    for (const delivery of this.log.allPending()) {
      if (delivery.endpoint_id !== endpointId) continue;
      this.takeBack(delivery);
      this.log.setStatus(delivery, 'failed', null, note);
    }
  }

  pause(): void {
    this.isPaused = true;
    this.pump();
  }

  resume(): void {
    this.isPaused = false;
    this.pump();
  }

  /**
   * Resolves when no delivery is in flight or due. Held and scheduled deliveries do not count. While the dispatcher is
   * paused, due deliveries do not count either.
   */
  whenIdle(): Promise<void> {
    if (this.isIdle()) return Promise.resolve();
    return new Promise((resolve) => this.idleWaiters.push(resolve));
  }

  private get maySend(): boolean {
    return this.phase === 'running' && !this.isPaused;
  }

  private isIdle(): boolean {
    return this.inFlight.size === 0 && (this.due.isEmpty || !this.maySend);
  }

  /** Drops every delivery that is not in flight, and ends a pause. */
  private reset(): void {
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    this.due.clear();
    this.held.clear();
    this.resume();
  }

  private enqueue(delivery: Delivery): void {
    this.due.add(delivery);
    this.pump();
  }

  private takeBack(delivery: Delivery): void {
    this.due.delete(delivery);
    this.held.remove(delivery);
    clearTimeout(this.timers.get(delivery));
    this.timers.delete(delivery);
  }

  private pump(): void {
    while (this.maySend && this.inFlight.size < IN_FLIGHT_LIMIT) {
      const delivery = this.due.next();
      if (!delivery) break;
      if (this.failIfDisabled(delivery)) continue;
      void this.begin(delivery);
    }
    if (this.isIdle()) this.settleWaiters();
  }

  /** Fails the delivery when its endpoint is disabled. @returns true when the delivery failed */
  private failIfDisabled(delivery: Delivery): boolean {
    if (this.endpoints.find(delivery.endpoint_id)?.enabled !== false) return false;
    this.log.setStatus(delivery, 'failed', null, 'endpoint disabled');
    return true;
  }

  private begin(delivery: Delivery): Promise<void> {
    this.due.noteStarted(delivery);
    const attempt = this.attempt(delivery).finally(() => {
      this.inFlight.delete(delivery);
      this.due.noteEnded(delivery);
      this.held.noteSent(delivery);
      this.pump();
    });
    this.inFlight.set(delivery, attempt);
    return attempt;
  }

  private async attempt(delivery: Delivery): Promise<void> {
    const at = this.now();
    const startedAt = performance.now();
    const endpoint = this.endpoints.find(delivery.endpoint_id);
    const secrets = endpoint ? signingSecrets(endpoint, at) : [this.config.webhookSecret];
    const faults = takeFaults(delivery.attempt_faults);
    const { webhookTimeoutMs: timeoutMs } = this.config;
    const signal = this.abort.signal;
    const result = await sendAttempt(delivery, { secrets, faults, now: at, timeoutMs, signal });
    const { status, error, retryAfter, request, response } = result;
    // Aborted by a shutdown: the delivery stays pending, and the attempt is not recorded.
    if (status === null && signal.aborted) return;
    const duration_ms = Math.round(performance.now() - startedAt);
    const attempt = { at, duration_ms, status, error, faults: faults.map(({ kind }) => kind), request, response };
    delivery.attempts = [...delivery.attempts, attempt].slice(-ATTEMPTS_KEPT);
    if (error === null) this.log.setStatus(delivery, 'delivered', null);
    else this.retryOrFail(delivery, error, retryAfter);
    this.endpoints.noteAttempt(delivery.endpoint_id, error === null);
  }

  private retryOrFail(delivery: Delivery, error: string, retryAfter: string | null): void {
    delivery.failures++;
    // While the queue exceeds its limit, a delivery whose attempt fails gets no retry. Resends and replays through the
    // control API ignore the limit, so with retries the queue could grow without end.
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

/** Returns the faults that apply to the next attempt, and lowers their `attempts_left`. */
function takeFaults(faults: readonly AttemptFault[]): AttemptFault[] {
  const applying = faults.filter((fault) => fault.attempts_left === null || fault.attempts_left > 0);
  for (const fault of applying) if (fault.attempts_left !== null) fault.attempts_left--;
  return applying;
}
