import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { type EmulatorConfig } from '../config';
import { ResourceNotFoundError } from '../errors';
import { EmulatorState } from '../persist-state/emulator-state';
import { CONFIG } from '../tokens';
import { type Attempt, type Delivery, type DeliveryStatus } from './delivery';

/** Filter of a list of deliveries; an undefined field matches every delivery. */
interface DeliveryFilter {
  readonly type?: string | undefined;
  readonly user_id?: string | undefined;
  readonly message_id?: string | undefined;
  readonly endpoint_id?: string | undefined;
  readonly status?: DeliveryStatus | undefined;
  readonly limit: number;
}

const FINISHED_KEPT = 5_000;
/**
 * Maximum number of characters that all finished deliveries hold together, in their bodies and in the bodies of their
 * requests and responses. The bodies of all pending deliveries have a separate limit of the same size.
 */
const CHARS_KEPT = 128 * 1_048_576;

/** Field of the state file that holds the number of events. */
const savedEventCount = z.object({ events_published: z.number().int().nonnegative() });

/** Keeps all pending deliveries, and the latest finished ones within a limit of memory. Counts the published events. */
@Injectable()
export class DeliveryLog {
  private readonly deliveries = new Map<string, Delivery>();
  private readonly listeners = new Set<(delivery: Delivery) => void>();
  private events = 0;
  private pending = 0;
  /** By finished delivery, oldest first: the number of characters that it holds. */
  private readonly finished = new Map<Delivery, number>();
  private finishedChars = 0;
  private pendingChars = 0;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<EmulatorConfig, 'webhookQueueLimit'>,
    private readonly state: EmulatorState,
  ) {
    state.register({
      reset: () => this.clear(),
      saved: {
        schema: savedEventCount,
        save: () => ({ events_published: this.events }),
        restore: ({ events_published }) => (this.events = events_published),
      },
    });
  }

  /** Number of published events. After a restart, continues from the number in the saved state. */
  get eventCount(): number {
    return this.events;
  }

  countEvent(): void {
    this.events++;
  }

  get pendingCount(): number {
    return this.pending;
  }

  /** True when the queue has no room for another delivery with this body. */
  isFullFor(body: string): boolean {
    return this.pending >= this.config.webhookQueueLimit || this.pendingChars + body.length > CHARS_KEPT;
  }

  /**
   * True when the queue exceeds its limit. Only new deliveries check the limit, so resends can exceed it. While the
   * limit is exceeded, failed deliveries get no retries.
   */
  get isOverfull(): boolean {
    return this.pending > this.config.webhookQueueLimit || this.pendingChars > CHARS_KEPT;
  }

  /** Calls `listener` after every change of a delivery. @returns a function that removes the listener */
  onChange(listener: (delivery: Delivery) => void): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  add(delivery: Delivery): void {
    this.deliveries.set(delivery.id, delivery);
    this.count(delivery);
    for (const listener of this.listeners) listener(delivery);
    this.state.markChanged();
  }

  /** True while the log contains the delivery; false after its removal. */
  holds(delivery: Delivery): boolean {
    return this.deliveries.get(delivery.id) === delivery;
  }

  /**
   * Changes the status of a delivery. Every change of status must use this method, because it keeps the counts correct.
   */
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
    this.state.markChanged();
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

  /**
   * Deliveries of the endpoint that were created from `since` to `until`, oldest first. Both times are inclusive and in
   * ms since 1970.
   */
  between(endpointId: string, range: { readonly since: number; readonly until: number }): Delivery[] {
    return [...this.deliveries.values()].filter(
      (delivery) =>
        delivery.endpoint_id === endpointId && delivery.created_at >= range.since && delivery.created_at <= range.until,
    );
  }

  allPending(): Delivery[] {
    return [...this.deliveries.values()].filter((delivery) => delivery.status === 'pending');
  }

  private clear(): void {
    this.deliveries.clear();
    this.finished.clear();
    this.pending = this.pendingChars = this.finishedChars = 0;
    this.state.markChanged();
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
