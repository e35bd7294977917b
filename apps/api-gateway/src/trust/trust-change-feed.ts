/**
 * States of the feed:
 * - `unregistered`: no lease yet. `number` is unknown, and no answers of user-sync (such as principals) are remembered.
 * - `behind`: the feed may have missed changes. `number` is that of the last change it applied.
 * - `current`: every change up to `announced` is applied, so `number >= announced`.
 * - `ended`: the lease is released. Final.
 *
 * Remembered answers are trusted only in `current`, and only while three more conditions hold: NATS is connected, the
 * lease has not expired, and a message of user-sync has arrived within `trustChangeHeartbeat.silenceMs`.
 *
 * Transitions:
 * - first lease: unregistered → behind. Adopts the number in user-sync's reply. Then requests the changes after it,
 *   because announcements that arrived before this reply were ignored.
 * - reply of user-sync with a lower number than the request of the gateway, or any message with another epoch: behind
 *   or current → behind. The database was replaced, or its server was restarted; the gateway adopts its number.
 * - announcement or lease whose number equals ours, if no higher number was announced before: behind → current
 * - announcement or lease with a higher number: current → behind, then catches up
 * - catch-up reaches the announced number: behind → current
 * - reconnect, or an announcement that cannot be parsed: current → behind
 * - `end`: any → ended
 *
 * The lease is renewed every `gatewayLease.renewMs`. It registers the gateway: while the lease is valid, user-sync waits
 * for the gateway's acknowledgement of each change.
 */
import { randomUUID } from 'node:crypto';
import {
  type TrustChange,
  type TrustChangesAnnouncement,
  acknowledgeTrustChanges,
  gatewayLease,
  leaseGateway,
  trustChangeHeartbeat,
  trustChangesAnnouncement,
  trustChangesSince,
} from '@gatehouse/contracts';
import { NatsClient, RequestClient, RequestRefusedError } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { type NatsConnection } from '@nats-io/nats-core';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { type Logger } from 'pino';
import { ClockSkewError } from '../errors';
import { STEADY_CLOCK } from '../tokens';
import { LastChanges } from './last-changes';
import { type MonotonicClock } from './steady-clock';

const MAX_MARKS = 50_000;
const END_TIMEOUT_MS = 1_000;
/** Maximum lost trust changes in one line of the log. */
const MAX_LOGGED = 100;

/** Follows the numbered trust changes of user-sync. Decides whether remembered answers may be used. */
@Injectable()
export class TrustChangeFeed {
  private readonly gatewayId = randomUUID();
  private readonly lastChanges: LastChanges;
  private readonly forgetters = new Set<() => void>();
  private readonly listeners = new Set<(change: TrustChange) => void>();
  private state: 'unregistered' | 'behind' | 'current' | 'ended' = 'unregistered';
  /** Number of the last change that was applied. */
  private number = 0;
  /** Highest number of a change that user-sync has named. */
  private announced = 0;
  private acknowledged = 0;
  /** The run of the PostgreSQL server that `number` comes from; undefined before a message names one. */
  private epoch: string | undefined;
  private heardAt = Number.NEGATIVE_INFINITY;
  private leasedUntil = Number.NEGATIVE_INFINITY;
  /** Why user-sync rejects our signatures; undefined while user-sync accepts them. */
  private clockFault: string | undefined;
  private subscribed: NatsConnection | undefined;
  private timer: NodeJS.Timeout | undefined;
  /** Requests to user-sync. At most one of each kind is in flight. */
  private readonly catchUp = joined(() => this.requestMissed());
  private readonly renew = joined(() => this.requestLease());
  private acknowledging = false;
  private hasLoggedFailure = false;

  constructor(
    private readonly nats: NatsClient,
    private readonly services: RequestClient,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(STEADY_CLOCK) private readonly now: MonotonicClock,
    @Optional() maxMarks: number = MAX_MARKS,
  ) {
    this.lastChanges = new LastChanges(maxMarks);
  }

  /** Starts listening to announcements and renewing the lease; returns at once. */
  start(): void {
    this.nats.onConnect((connection) => this.connected(connection));
    this.timer = setInterval(() => this.lease(), gatewayLease.renewMs);
    this.timer.unref();
  }

  /** Whether remembered answers may be used now. */
  get trusting(): boolean {
    const now = this.now();
    return (
      this.state === 'current' &&
      now - this.heardAt < trustChangeHeartbeat.silenceMs &&
      now < this.leasedUntil &&
      this.nats.connected
    );
  }

  /**
   * Time until the gateway lease expires, unless it is renewed; milliseconds, not positive without a lease. Calls that
   * revoke something wait for this gateway while it has a lease.
   */
  get leaseLeftMs(): number {
    return this.hasEnded ? 0 : this.leasedUntil - this.now();
  }

  /**
   * Readiness check of the clock.
   * @throws ClockSkewError while user-sync rejects our signatures because the clocks differ, and the feed is not
   * `trusting`
   */
  checkClock(): void {
    if (this.clockFault !== undefined && !this.trusting) throw new ClockSkewError(this.clockFault);
  }

  /** Number of the last change that was applied. */
  get current(): number {
    return this.number;
  }

  /**
   * Whether an answer of user-sync may be remembered. `asOf`: number of the last trust change when user-sync read the
   * data from its database.
   */
  mayRemember(asOf: number): boolean {
    return this.trusting && asOf >= this.number;
  }

  /**
   * Whether a remembered answer may be used: the feed is `trusting`, and no change after number `asOf` has one of the
   * `marks` of the answer.
   */
  isFresh(asOf: number, marks: readonly string[]): boolean {
    return this.trusting && this.lastChanges.isFresh(asOf, marks);
  }

  /** Registers a callback that is called when all remembered answers become invalid. */
  onForget(forget: () => void): void {
    this.forgetters.add(forget);
  }

  /**
   * Registers a callback that is called with each trust change, before it is acknowledged. It must not throw. Changes
   * that were skipped are not told: see `onForget`.
   */
  onChange(listener: (change: TrustChange) => void): void {
    this.listeners.add(listener);
  }

  /** Stops trusting and releases the lease, so that no revocation waits for this gateway. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    const isRegistered = this.state === 'behind' || this.state === 'current';
    this.state = 'ended';
    if (!isRegistered || !this.nats.connected) return;
    const release = this.services
      .send(leaseGateway, { gatewayId: this.gatewayId, number: this.number, ending: true }, this.context)
      .catch(() => undefined);
    await Promise.race([release, pause(END_TIMEOUT_MS)]);
  }

  private get context() {
    return { principal: null, requestId: this.gatewayId };
  }

  private get hasEnded(): boolean {
    return this.state === 'ended';
  }

  private connected(connection: NatsConnection): void {
    this.fallBehind();
    // A reconnect of the same connection keeps its subscriptions.
    if (this.subscribed !== connection) {
      this.subscribed = connection;
      connection.subscribe(trustChangesAnnouncement.subject, {
        callback: (error, message) => {
          if (error === null) this.hear(message.data);
        },
      });
    }
    this.lease();
  }

  private hear(data: Uint8Array): void {
    if (this.hasEnded) return;
    const announcement = parse(data);
    if (announcement === undefined) {
      this.log.error('announcement of trust changes cannot be parsed');
      this.fallBehind();
      return;
    }
    this.heardAt = this.now();
    if (this.state === 'unregistered') return;
    if (this.isOtherEpoch(announcement.epoch)) {
      this.adopt(announcement);
      return;
    }
    this.apply(announcement.changes);
    this.reach(announcement.current);
  }

  private fallBehind(): void {
    if (this.state === 'current') this.state = 'behind';
  }

  /** Applies the changes that follow `number` without a gap. */
  private apply(changes: readonly TrustChange[]): void {
    for (const change of changes) {
      if (change.number !== this.number + 1) continue;
      this.lastChanges.note(change);
      this.number = change.number;
      for (const listener of this.listeners) listener(change);
    }
    if (this.number > this.acknowledged) void this.acknowledge();
  }

  /** Compares `current`, a number that user-sync named, with our `number`; catches up if they differ. */
  private reach(current: number): void {
    // A lower number comes from a replica that lags behind, or from a replaced database. The catch-up finds out which.
    if (current >= this.number) this.note(current);
    if (current !== this.number) void this.catchUp();
  }

  private note(current: number): void {
    this.announced = Math.max(this.announced, current);
    this.state = this.number >= this.announced ? 'current' : 'behind';
  }

  /**
   * Whether the numbers are those of another run of the PostgreSQL server. It may lack the newest trust changes of the
   * earlier run, and have given their numbers to others. So even a higher number does not mean that none is missing.
   */
  private isOtherEpoch(epoch: string | undefined): boolean {
    const known = this.epoch;
    this.epoch ??= epoch;
    return known !== undefined && epoch !== undefined && epoch !== known;
  }

  private adopt({ current, epoch }: { readonly current: number; readonly epoch?: string | undefined }): void {
    if (this.state !== 'unregistered') this.noteReplacement(current);
    this.epoch = epoch ?? this.epoch;
    for (const forget of this.forgetters) forget();
    this.lastChanges.clear();
    this.number = this.announced = this.acknowledged = current;
    // Changes after `current` may have been announced when the gateway could not apply them yet, so it catches up.
    this.state = 'behind';
    void this.catchUp();
  }

  private async requestMissed(): Promise<void> {
    try {
      for (;;) {
        const asked = { number: this.number };
        const { current, epoch, floor, changes } = await this.services.send(trustChangesSince, asked, this.context);
        if (this.hasEnded) return;
        // Numbers of one database never decrease: a lower number means that the database was replaced. Compares with
        // `asked.number`, because `this.number` may have grown since the request.
        if (this.isOtherEpoch(epoch) || current < asked.number) {
          this.adopt({ current, epoch });
          continue;
        }
        if (floor > this.number) this.skipTo(floor);
        const before = this.number;
        this.apply(changes);
        this.note(current);
        if (this.state === 'current') return;
        // The reply brought no new change, because user-sync read its data before the newest announcement. The next
        // announcement starts another attempt.
        if (this.number === before && floor <= before) return;
      }
    } catch (error) {
      this.logFailure(error, 'requesting missed trust changes failed');
    }
  }

  /**
   * Skips changes up to `floor`, which user-sync has deleted. Every older answer becomes stale, because a skipped
   * change may affect it.
   */
  private skipTo(floor: number): void {
    for (const forget of this.forgetters) forget();
    this.lastChanges.raiseFloor(floor);
    this.number = floor;
  }

  private lease(): void {
    if (!this.hasEnded && this.nats.connected) void this.renew();
  }

  private async requestLease(): Promise<void> {
    try {
      // Waits until the subscription is active: otherwise an announcement just after the first lease could be missed.
      if (this.state === 'unregistered') await this.nats.get().flush();
      const asked = this.now();
      const request = { gatewayId: this.gatewayId, number: this.number };
      // Waits for the reply for at most the length of a lease. A lease begins when it is requested, so a later reply
      // would bring an expired one. Only one request is in flight: if that request is lost, a longer wait would delay
      // the next one.
      const limitMs = gatewayLease.lengthMs;
      const { current, epoch, leaseMs } = await this.services.send(leaseGateway, request, this.context, limitMs);
      if (this.hasEnded) return;
      this.leasedUntil = asked + leaseMs;
      this.heardAt = Math.max(this.heardAt, asked);
      this.hasLoggedFailure = false;
      this.clockFault = undefined;
      // Numbers of one database never decrease: a lower number means that the database was replaced.
      const isReplaced = this.isOtherEpoch(epoch) || current < request.number;
      if (this.state === 'unregistered' || isReplaced) this.adopt({ current, epoch });
      // `this.number` may have grown since the request. Then a `current` below `this.number` is outdated and ignored.
      else if (current >= this.number) this.reach(current);
    } catch (error) {
      if (error instanceof RequestRefusedError && error.reason === 'clock_skew') this.noteClockFault(error.message);
      else this.logFailure(error, 'gateway lease failed; every request is looked up at user-sync');
    }
  }

  private async acknowledge(): Promise<void> {
    if (this.acknowledging) return;
    this.acknowledging = true;
    try {
      while (this.acknowledged < this.number && !this.hasEnded) {
        const { number } = this;
        await this.services.send(acknowledgeTrustChanges, { gatewayId: this.gatewayId, number }, this.context);
        // If the database was replaced meanwhile, `this.number` may now be lower than `number`.
        this.acknowledged = Math.min(number, this.number);
      }
    } catch {
      // No retry needed: the next renewal of the lease sends the number, which acknowledges it.
    } finally {
      this.acknowledging = false;
    }
  }

  /** Logs which trust changes the new database lacks: an operator has to repeat them. */
  private noteReplacement(current: number): void {
    const lost = this.lastChanges.after(current);
    if (lost.length === 0) {
      this.log.info({ current }, "user-sync's database was replaced or restarted; cached answers dropped");
      return;
    }
    this.log.error(
      { current, number: this.number, lost: lost.slice(0, MAX_LOGGED) },
      "user-sync's database has lost trust changes: what they revoked is accepted again; repeat them",
    );
  }

  private noteClockFault(fault: string): void {
    if (this.clockFault === undefined) this.log.error({ reason: fault }, 'user-sync rejects signatures: clocks differ');
    this.clockFault = fault;
  }

  /**
   * Logs the first failure of an outage. Logs it as info before the first lease, when user-sync may not have started
   * yet; later as a warning.
   */
  private logFailure(error: unknown, message: string): void {
    const level = this.state === 'unregistered' ? 'info' : 'warn';
    if (!this.hasLoggedFailure && !this.hasEnded) this.log[level]({ reason: String(error) }, message);
    this.hasLoggedFailure = true;
  }
}

/** Returns a function that runs `work`. A call while `work` is running joins that run. */
function joined(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  return () =>
    (running ??= work().finally(() => {
      running = undefined;
    }));
}

function parse(data: Uint8Array): TrustChangesAnnouncement | undefined {
  try {
    return trustChangesAnnouncement.message.parse(JSON.parse(Buffer.from(data).toString('utf8')));
  } catch {
    return undefined;
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
