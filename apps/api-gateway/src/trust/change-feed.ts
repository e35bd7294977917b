import { randomUUID } from 'node:crypto';
import {
  type TrustChange,
  type TrustChangesAnnouncement,
  acknowledgeTrustChanges,
  trustChangeHeartbeat,
  trustChangesAnnouncement,
  trustChangesSince,
  gatewayLease,
  leaseGateway,
} from '@gatehouse/contracts';
import { type NatsClient, type RequestClient, RequestRefusedError } from '@gatehouse/messaging';
import { type NatsConnection } from '@nats-io/nats-core';
import { LRUCache } from 'lru-cache';
import { type Logger } from 'pino';
import { ClockSkewError } from '../errors';
import { type MonotonicClock } from './steady-clock';

const MAX_MARKS = 50_000;
const ENDING_TIMEOUT_MS = 1_000;

/** What a change is about, as remembered things are marked with. */
export function markOf(change: TrustChange): string {
  switch (change.kind) {
    case 'user':
      return `user:${change.userId}`;
    case 'api_key':
      return `api_key:${change.keyId}`;
    case 'clerk_session':
      return `clerk_session:${change.sessionId}`;
    case 'legacy_session':
      return `legacy_session:${change.sessionId}`;
  }
}

/**
 * Follows what user-sync tells of revocations and changes, and says whether what this gateway remembers may be believed:
 * not after a gap in the numbers, a reconnect, three seconds of silence or a lapsed lease, until it has caught up.
 */
export class ChangeFeed {
  private readonly gatewayId = randomUUID();
  /** When something was last changed, by number; what falls out of it raises `floor`. */
  private readonly changedAt: LRUCache<string, number>;
  private readonly forgetters = new Set<() => void>();
  private floor = 0;
  private number = 0;
  /** The highest number that was heard of. */
  private announced = 0;
  private adopted = false;
  private confirmed = false;
  private ended = false;
  private heardAt = Number.NEGATIVE_INFINITY;
  private leasedUntil = Number.NEGATIVE_INFINITY;
  private subscribed: NatsConnection | undefined;
  private catchingUp: Promise<void> | undefined;
  private leasing: Promise<void> | undefined;
  private acknowledging = false;
  private acknowledged = 0;
  private complained = false;
  /** What user-sync says of our clock, while it believes nothing that we sign. */
  private clockFault: string | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly nats: NatsClient,
    private readonly services: RequestClient,
    private readonly log: Logger,
    private readonly now: MonotonicClock,
    maxMarks: number = MAX_MARKS,
  ) {
    this.changedAt = new LRUCache({
      max: maxMarks,
      dispose: (number, _, reason) => {
        if (reason === 'evict') this.floor = Math.max(this.floor, number);
      },
    });
  }

  /** Begins to listen; returns at once. */
  start(): void {
    this.nats.onConnect((connection) => this.connected(connection));
    this.timer = setInterval(() => void this.lease(), gatewayLease.renewMs);
    this.timer.unref();
  }

  /** Whether remembered answers may be believed right now. */
  get trusting(): boolean {
    const now = this.now();
    return (
      this.confirmed &&
      this.number >= this.announced &&
      now - this.heardAt < trustChangeHeartbeat.silenceMs &&
      now < this.leasedUntil &&
      this.nats.connected
    );
  }

  /** Throws ClockSkewError while our clock and user-sync's keep this gateway from asking it anything. */
  checkClock(): void {
    if (this.clockFault !== undefined && !this.trusting) throw new ClockSkewError(this.clockFault);
  }

  /** The last change that was taken in. */
  get current(): number {
    return this.number;
  }

  /** Whether an answer read as of change `asOf` is worth remembering: nothing newer is known, and we can be told. */
  mayRemember(asOf: number): boolean {
    return this.trusting && asOf >= this.number;
  }

  /** Whether an answer read as of change `asOf` still holds for what it is marked with. */
  isFresh(asOf: number, marks: readonly string[]): boolean {
    return this.trusting && asOf >= this.floor && marks.every((mark) => (this.changedAt.peek(mark) ?? 0) <= asOf);
  }

  /** Calls `forget` when nothing at all that is remembered can be believed any more. */
  onForget(forget: () => void): void {
    this.forgetters.add(forget);
  }

  /** Trusts nothing any more and gives the lease up, so that no revocation waits for this gateway. */
  async end(): Promise<void> {
    clearInterval(this.timer);
    this.ended = true;
    this.confirmed = false;
    if (!this.adopted || !this.nats.connected) return;
    const ending = this.services
      .send(leaseGateway, { gatewayId: this.gatewayId, number: this.number, ending: true }, this.context)
      .catch(() => undefined);
    await Promise.race([ending, pause(ENDING_TIMEOUT_MS)]);
  }

  private get context() {
    return { principal: null, requestId: this.gatewayId };
  }

  private connected(connection: NatsConnection): void {
    this.confirmed = false;
    // A reconnect of the same connection keeps its subscriptions.
    if (this.subscribed !== connection) {
      this.subscribed = connection;
      connection.subscribe(trustChangesAnnouncement.subject, {
        callback: (error, message) => {
          if (error === null) this.hear(message.data);
        },
      });
    }
    void this.lease();
  }

  private hear(data: Uint8Array): void {
    if (this.ended) return;
    const announcement = parse(data);
    if (announcement === undefined) {
      this.log.error('an announcement of changes cannot be read');
      this.confirmed = false;
      return;
    }
    this.heardAt = this.now();
    if (!this.adopted) return;
    this.take(announcement.changes);
    this.reach(announcement.current);
  }

  /** Takes in what follows what is known; a gap is left for `reach` to find. */
  private take(changes: readonly TrustChange[]): void {
    for (const change of changes) {
      if (change.number !== this.number + 1) continue;
      this.changedAt.set(markOf(change), change.number);
      this.number = change.number;
    }
    if (this.number > this.acknowledged) void this.acknowledge();
  }

  private reach(current: number): void {
    // Another replica may lag behind by a moment, or this is another database: the answer to a question tells.
    if (current < this.number) return void this.catchUp();
    this.announced = Math.max(this.announced, current);
    if (this.number === current) this.confirmed = true;
    else void this.catchUp();
  }

  private adopt(current: number): void {
    for (const forget of this.forgetters) forget();
    this.changedAt.clear();
    this.floor = 0;
    this.number = this.announced = this.acknowledged = current;
    this.adopted = true;
    // What happened since `current` was read may have been announced before we listened for it.
    this.confirmed = false;
    void this.catchUp();
  }

  private catchUp(): Promise<void> {
    this.catchingUp ??= this.askForMissed().finally(() => {
      this.catchingUp = undefined;
    });
    return this.catchingUp;
  }

  private async askForMissed(): Promise<void> {
    try {
      for (;;) {
        const asked = { number: this.number };
        const { current, floor, changes } = await this.services.send(trustChangesSince, asked, this.context);
        if (this.ended) return;
        // The numbers of one database never fall: this is another one. Those that were announced since the question say
        // nothing about that.
        if (current < asked.number) {
          this.adopt(current);
          continue;
        }
        if (floor > this.number) this.skipTo(floor);
        const before = this.number;
        this.take(changes);
        this.announced = Math.max(this.announced, current);
        if (this.number >= this.announced) {
          this.confirmed = true;
          return;
        }
        // Nothing came although there is more: the next announcement tries again.
        if (this.number === before && floor <= before) return;
      }
    } catch (error) {
      this.complain(error, 'missed changes cannot be had');
    }
  }

  /** What lies before `floor` is not kept any more: whatever it was about, it is forgotten. */
  private skipTo(floor: number): void {
    for (const forget of this.forgetters) forget();
    this.floor = floor;
    this.number = floor;
  }

  private lease(): Promise<void> {
    if (this.ended || !this.nats.connected) return Promise.resolve();
    this.leasing ??= this.renew().finally(() => {
      this.leasing = undefined;
    });
    return this.leasing;
  }

  private async renew(): Promise<void> {
    try {
      // So that no announcement is made between the lease and our listening.
      if (!this.adopted) await this.nats.get().flush();
      const asked = this.now();
      const request = { gatewayId: this.gatewayId, number: this.number };
      const { current, leaseMs } = await this.services.send(leaseGateway, request, this.context);
      // The lease was given up meanwhile: nobody waits for us any more.
      if (this.ended) return;
      this.leasedUntil = asked + leaseMs;
      this.heardAt = Math.max(this.heardAt, asked);
      this.complained = false;
      this.clockFault = undefined;
      // The numbers of one database never fall.
      if (!this.adopted || current < request.number) this.adopt(current);
      // An announcement may have overtaken the answer: a lower number than ours is then no other database's.
      else if (current >= this.number) this.reach(current);
    } catch (error) {
      if (error instanceof RequestRefusedError && error.reason === 'clock_skew') this.noteClock(error.message);
      else this.complain(error, 'no lease can be had: nothing is remembered of who may do what');
    }
  }

  private async acknowledge(): Promise<void> {
    if (this.acknowledging) return;
    this.acknowledging = true;
    try {
      while (this.acknowledged < this.number && !this.ended) {
        const { number } = this;
        await this.services.send(acknowledgeTrustChanges, { gatewayId: this.gatewayId, number }, this.context);
        // Meanwhile the numbers may have become those of another database.
        this.acknowledged = Math.min(number, this.number);
      }
    } catch {
      // The next lease tells the number too.
    } finally {
      this.acknowledging = false;
    }
  }

  private noteClock(fault: string): void {
    if (this.clockFault === undefined) this.log.error({ reason: fault }, 'user-sync refuses what this gateway signs');
    this.clockFault = fault;
  }

  private complain(error: unknown, message: string): void {
    // Services start together: who is not there yet is no reason to alarm anybody.
    const level = this.adopted ? 'warn' : 'info';
    if (!this.complained && !this.ended) this.log[level]({ reason: String(error) }, message);
    this.complained = true;
  }
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
