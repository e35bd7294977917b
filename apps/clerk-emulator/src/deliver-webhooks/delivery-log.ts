import { Injectable } from '@nestjs/common';
import { ResourceNotFoundError } from '../errors';
import { ChangeSignal } from '../persist-state/change-signal';
import { type Delivery, type DeliveryStatus } from './delivery';

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

/** Every delivery that is pending, and the latest that are not. */
@Injectable()
export class DeliveryLog {
  private readonly deliveries = new Map<string, Delivery>();
  private readonly listeners = new Set<(delivery: Delivery) => void>();
  private pending = 0;

  constructor(private readonly changes: ChangeSignal) {}

  get pendingCount(): number {
    return this.pending;
  }

  /** Calls `listener` after every change of a delivery until the function it gives is called. */
  onChange(listener: (delivery: Delivery) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  add(delivery: Delivery): void {
    this.deliveries.set(delivery.id, delivery);
    if (delivery.status === 'pending') this.pending++;
    if (this.deliveries.size - this.pending > FINISHED_KEPT) this.forgetOldestFinished();
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
    this.pending += Number(status === 'pending') - Number(delivery.status === 'pending');
    delivery.status = status;
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
    this.pending = 0;
    this.changes.mark();
  }

  allPending(): Delivery[] {
    return [...this.deliveries.values()].filter((delivery) => delivery.status === 'pending');
  }

  private forgetOldestFinished(): void {
    for (const delivery of this.deliveries.values()) {
      if (delivery.status === 'pending') continue;
      this.deliveries.delete(delivery.id);
      return;
    }
  }
}
