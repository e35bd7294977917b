import { Inject, Injectable } from '@nestjs/common';
import { type EmulatorConfig } from '../config';
import { CONFIG } from '../config.token';
import { ResourceNotFoundError } from '../errors';
import { ChangeSignal } from '../persist-state/change-signal';
import { type Attempt, type Delivery, type DeliveryStatus } from './delivery';

/** What a listing of deliveries can be narrowed to. */
export interface DeliveryFilter {
  readonly type?: string | undefined;
  readonly user_id?: string | undefined;
  readonly message_id?: string | undefined;
  readonly endpoint_id?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly limit: number;
}

const FINISHED_KEPT = 5_000;
/** Characters of bodies that finished deliveries, and pending ones, hold at most. */
const CHARS_KEPT = 128 * 1_048_576;

/** Every delivery that is pending, and the latest that are not: as many of them as memory allows. */
@Injectable()
export class DeliveryLog {
  private readonly deliveries = new Map<string, Delivery>();
  private readonly listeners = new Set<(delivery: Delivery) => void>();
  private pending = 0;
  /** What each finished delivery weighs, oldest first. */
  private readonly finished = new Map<Delivery, number>();
  private finishedChars = 0;
  private pendingChars = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<EmulatorConfig, 'webhookQueueLimit'>,
    private readonly changes: ChangeSignal,
  ) {}

  get pendingCount(): number {
    return this.pending;
  }

  /** True when a delivery with this body would have to wait in a queue that is full. */
  isFullFor(body: string): boolean {
    return this.pending >= this.config.webhookQueueLimit || this.pendingChars + body.length > CHARS_KEPT;
  }

  /** True when more wait than may: a resend is sent at once, even when the queue is full. */
  get isOverfull(): boolean {
    return this.pending > this.config.webhookQueueLimit || this.pendingChars > CHARS_KEPT;
  }

  /** Calls `listener` after every change of a delivery until the function it gives is called. */
  onChange(listener: (delivery: Delivery) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  add(delivery: Delivery): void {
    this.deliveries.set(delivery.id, delivery);
    this.count(delivery);
    for (const listener of this.listeners) listener(delivery);
    this.changes.mark();
  }

  /** False once it was forgotten. */
  holds(delivery: Delivery): boolean {
    return this.deliveries.get(delivery.id) === delivery;
  }

  /** Every change of status comes through here, so that the count of pending ones stays right. */
  setStatus(
    delivery: Delivery,
    status: DeliveryStatus,
    nextAttemptAt: number | null,
    note: string | null = null,
  ): void {
    if (!this.holds(delivery)) return;
    this.discount(delivery);
    delivery.status = status;
    this.count(delivery);
    delivery.next_attempt_at = nextAttemptAt;
    delivery.note = note;
    for (const listener of this.listeners) listener(delivery);
    this.changes.mark();
  }

  /** The delivery with this id, or every delivery of the event with this `svix-id`. @throws ResourceNotFoundError */
  find(idOrMessageId: string): Delivery[] {
    const one = this.deliveries.get(idOrMessageId);
    const found = one ? [one] : [...this.deliveries.values()].filter((d) => d.message_id === idOrMessageId);
    if (found.length === 0) throw new ResourceNotFoundError('delivery', idOrMessageId);
    return found;
  }

  /** Newest first. */
  list(filter: DeliveryFilter): Delivery[] {
    const matching = [...this.deliveries.values()].filter(
      (delivery) =>
        (filter.type === undefined || delivery.type === filter.type) &&
        (filter.user_id === undefined || delivery.user_id === filter.user_id) &&
        (filter.message_id === undefined || delivery.message_id === filter.message_id) &&
        (filter.endpoint_id === undefined || delivery.endpoint_id === filter.endpoint_id) &&
        (filter.status === undefined || delivery.status === filter.status),
    );
    return matching.reverse().slice(0, filter.limit);
  }

  /** What was recorded for the endpoint from `since` until `until`, both in ms and included; oldest first. */
  between(endpointId: string, range: { readonly since: number; readonly until: number }): Delivery[] {
    return [...this.deliveries.values()].filter(
      (delivery) =>
        delivery.endpoint_id === endpointId && delivery.created_at >= range.since && delivery.created_at <= range.until,
    );
  }

  clear(): void {
    this.deliveries.clear();
    this.finished.clear();
    this.pending = this.pendingChars = this.finishedChars = 0;
    this.changes.mark();
  }

  allPending(): Delivery[] {
    return [...this.deliveries.values()].filter((delivery) => delivery.status === 'pending');
  }

  private count(delivery: Delivery): void {
    if (delivery.status === 'pending') {
      this.pending++;
      this.pendingChars += delivery.body.length;
      return;
    }
    const chars = charsOf(delivery);
    this.finished.set(delivery, chars);
    this.finishedChars += chars;
    while (this.finished.size > FINISHED_KEPT || (this.finishedChars > CHARS_KEPT && this.finished.size > 1)) {
      const [oldest] = this.finished.keys();
      if (!oldest) return;
      this.discount(oldest);
      this.deliveries.delete(oldest.id);
    }
  }

  private discount(delivery: Delivery): void {
    if (delivery.status === 'pending') {
      this.pending--;
      this.pendingChars -= delivery.body.length;
      return;
    }
    this.finishedChars -= this.finished.get(delivery) ?? 0;
    this.finished.delete(delivery);
  }
}

function charsOf({ body, attempts }: Delivery): number {
  const ofAttempt = ({ request, response }: Attempt) => (request.body?.length ?? 0) + (response?.body.length ?? 0);
  return attempts.reduce((sum, attempt) => sum + ofAttempt(attempt), body.length);
}
