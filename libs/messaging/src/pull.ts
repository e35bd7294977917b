import { type ConsumerContract } from '@gatehouse/contracts';
import { type Msg, type NatsConnection, type Subscription, createInbox, nanos } from '@nats-io/transport-node';
import { type PulledMessage, toPulledMessage } from './stream-message';

/** What a pull brought; `trouble` is a status other than "nothing there", such as 409 or 503 (no such consumer). */
export interface Pulled {
  readonly deliveries: PulledMessage[];
  readonly trouble?: { readonly code: number; readonly description: string };
}

const NO_MESSAGES = 404;
const REQUEST_OVER = 408;
const ANSWER_GRACE_MS = 2_000;
/** A server that may not deliver more now, as at the consumer's `max_ack_pending`, keeps such a request without a word. */
const NO_WAIT_MS = 1_000;

interface PullRequest {
  readonly batch: number;
  readonly expires?: number;
  readonly no_wait?: boolean;
}

/**
 * Pulls exact batches: never more than is about to be handled, so that nothing waits in this process while its `ack_wait`
 * runs out. The client library's `fetch` waits for a full batch or its expiry; here a batch is what is there.
 */
export class PullSubscription {
  constructor(
    private readonly connection: NatsConnection,
    private readonly consumer: ConsumerContract,
    private readonly inboxPrefix: string,
  ) {}

  /** Up to `batchSize` messages that are there now; waits up to `waitMs` for a first one. */
  async next(waitMs: number, signal: AbortSignal, batchSize = this.consumer.batchSize): Promise<Pulled> {
    // No expiry: with one, `no_wait` waits until then where nothing is there, and the rest would hold up the first one.
    const now = await this.pull({ batch: batchSize, no_wait: true }, signal);
    if (now.deliveries.length > 0 || now.trouble !== undefined || signal.aborted) return now;
    const first = await this.pull({ batch: 1, expires: nanos(waitMs) }, signal, waitMs);
    if (first.deliveries.length === 0 || batchSize === 1 || signal.aborted) return first;
    const rest = await this.pull({ batch: batchSize - 1, no_wait: true }, signal);
    return { ...rest, deliveries: [...first.deliveries, ...rest.deliveries] };
  }

  /** Without `waitMs` a batch ends, too, when nothing came for a second. */
  private pull(request: PullRequest, signal: AbortSignal, waitMs?: number): Promise<Pulled> {
    // A signal that was aborted before fires no event any more.
    if (signal.aborted) return Promise.resolve({ deliveries: [] });
    const { stream, durable } = this.consumer;
    const inbox = createInbox(this.inboxPrefix);
    const deliveries: PulledMessage[] = [];
    return new Promise((resolve) => {
      let subscription: Subscription | undefined = undefined;
      const end = (trouble?: Pulled['trouble']): void => {
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        subscription?.unsubscribe();
        resolve(trouble === undefined ? { deliveries } : { deliveries, trouble });
      };
      const abort = (): void => end();
      const timer =
        waitMs === undefined
          ? setTimeout(() => end(), NO_WAIT_MS)
          : setTimeout(() => end({ code: 0, description: 'no answer' }), waitMs + ANSWER_GRACE_MS);
      const take = (error: Error | null, message: Msg): void => {
        if (error !== null) return end({ code: 0, description: error.message });
        const delivery = toPulledMessage(message);
        if (delivery !== undefined) {
          deliveries.push(delivery);
          timer.refresh();
          if (deliveries.length === request.batch) end();
          return;
        }
        const { code = 0, description = '' } = message.headers ?? {};
        if (code === 100) return;
        end(code === NO_MESSAGES || code === REQUEST_OVER ? undefined : { code, description });
      };
      signal.addEventListener('abort', abort, { once: true });
      try {
        subscription = this.connection.subscribe(inbox, { callback: take });
        this.connection.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream.name}.${durable}`, JSON.stringify(request), {
          reply: inbox,
        });
      } catch (error) {
        end({ code: 0, description: error instanceof Error ? error.message : 'unknown' });
      }
    });
  }
}
