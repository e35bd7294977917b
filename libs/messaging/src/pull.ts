import { type ConsumerContract, jetStreamApiPrefix } from '@gatehouse/contracts';
import { type Msg, type NatsConnection, type Subscription, createInbox, nanos } from '@nats-io/transport-node';
import { type PulledMessage, toPulledMessage } from './stream-message';

/**
 * Result of a pull. `trouble` says why the pull ended early. Its `code` is a status of NATS, such as 409 (the consumer
 * was deleted) or 503 (the consumer does not exist). 0 stands for a failure in this process, such as a missing answer.
 * The statuses 404 and 408 only mean that no message was available, so they are no trouble.
 */
export interface Pulled {
  readonly messages: PulledMessage[];
  readonly trouble?: { readonly code: number; readonly description: string };
}

const NO_MESSAGES = 404;
const REQUEST_OVER = 408;
const ANSWER_GRACE_MS = 2_000;
/**
 * Maximum time that a `no_wait` pull waits for an answer or a further message. Needed because a server does not answer
 * while `max_ack_pending` is reached.
 */
const NO_WAIT_MS = 1_000;
/**
 * Time for which a pull that ended without an answer still receives messages, to return them by -NAK. A server or a
 * process that was stalled continues with what had been asked for. Without this, JetStream would redeliver these messages
 * only after `ack_wait`.
 */
const LATE_MS = 30_000;

interface PullRequest {
  readonly batch: number;
  readonly expires?: number;
  readonly no_wait?: boolean;
}

/**
 * Pulls exact batches: only messages that will be handled at once, so that no message waits in this process while its
 * `ack_wait` runs out. `fetch` of the client library waits until the batch is full or expires; this class returns the
 * messages that are available.
 */
export class PullSubscription {
  constructor(
    private readonly connection: NatsConnection,
    private readonly consumer: ConsumerContract,
    private readonly inboxPrefix: string,
  ) {}

  /** Returns up to `batchSize` messages that are available now; waits up to `waitMs` for a first one. */
  async next(waitMs: number, signal: AbortSignal, batchSize = this.consumer.batchSize): Promise<Pulled> {
    // Sets no `expires`: with `expires`, a `no_wait` pull would wait that long when no message is available.
    const now = await this.pull({ batch: batchSize, no_wait: true }, signal);
    if (now.messages.length > 0 || now.trouble !== undefined || signal.aborted) return now;
    const first = await this.pull({ batch: 1, expires: nanos(waitMs) }, signal, waitMs);
    if (first.messages.length === 0 || batchSize === 1 || signal.aborted) return first;
    const rest = await this.pull({ batch: batchSize - 1, no_wait: true }, signal);
    return { ...rest, messages: [...first.messages, ...rest.messages] };
  }

  /**
   * Sends one request and collects its messages. Without `waitMs`, the batch also ends when no message arrived for a
   * second. A message that arrives after the end is returned to JetStream at once.
   */
  private pull(request: PullRequest, signal: AbortSignal, waitMs?: number): Promise<Pulled> {
    // A signal that is already aborted fires no event, so it is checked first.
    if (signal.aborted) return Promise.resolve({ messages: [] });
    const { stream, durable } = this.consumer;
    const inbox = createInbox(this.inboxPrefix);
    const messages: PulledMessage[] = [];
    return new Promise((resolve) => {
      let subscription: Subscription | undefined = undefined;
      let isOver = false;
      const end = (trouble?: Pulled['trouble']): void => {
        isOver = true;
        clearTimeout(timer);
        signal.removeEventListener('abort', abort);
        resolve(trouble === undefined ? { messages } : { messages, trouble });
      };
      const finish = (trouble?: Pulled['trouble']): void => {
        end(trouble);
        subscription?.unsubscribe();
      };
      /** Ends the pull although the server may still send messages. */
      const giveUp = (trouble?: Pulled['trouble']): void => {
        end(trouble);
        setTimeout(() => subscription?.unsubscribe(), LATE_MS).unref();
      };
      const abort = (): void => giveUp();
      const timer =
        waitMs === undefined
          ? setTimeout(() => giveUp(), NO_WAIT_MS)
          : setTimeout(() => giveUp({ code: 0, description: 'no answer' }), waitMs + ANSWER_GRACE_MS);
      const take = (error: Error | null, message: Msg): void => {
        if (isOver) return giveBack(error, message);
        if (error !== null) return finish({ code: 0, description: error.message });
        const pulled = toPulledMessage(message);
        if (pulled !== undefined) {
          messages.push(pulled);
          timer.refresh();
          if (messages.length === request.batch) finish();
          return;
        }
        const { code = 0, description = '' } = message.headers ?? {};
        if (code === 100) return;
        finish(code === NO_MESSAGES || code === REQUEST_OVER ? undefined : { code, description });
      };
      signal.addEventListener('abort', abort, { once: true });
      try {
        subscription = this.connection.subscribe(inbox, { callback: take });
        const subject = `${jetStreamApiPrefix}.CONSUMER.MSG.NEXT.${stream.name}.${durable}`;
        this.connection.publish(subject, JSON.stringify(request), { reply: inbox });
      } catch (error) {
        finish({ code: 0, description: error instanceof Error ? error.message : 'unknown' });
      }
    });
  }
}

/** Returns a message that nobody waits for any more. */
function giveBack(error: Error | null, message: Msg): void {
  if (error !== null) return;
  try {
    toPulledMessage(message)?.answer('-NAK');
  } catch {
    // The connection is lost: JetStream redelivers the message after `ack_wait`.
  }
}
