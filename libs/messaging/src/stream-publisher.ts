import { type Msg, type NatsConnection, createInbox, headers as natsHeaders } from '@nats-io/transport-node';
import { PublishRefusedError, PublishUnacknowledgedError } from './errors';

/**
 * Acknowledgement of a stream: the sequence of the message, and whether the stream already had a message with this id.
 */
export interface PublishAck {
  readonly sequence: number;
  readonly duplicate: boolean;
}

interface Waiting {
  readonly deadline: number;
  readonly resolve: (ack: PublishAck) => void;
  readonly reject: (error: Error) => void;
}

const MAX_WAITING = 10_000;
const NO_RESPONDERS = 503;

/**
 * Publishes to streams over one connection, with one inbox for all acknowledgements. The publish of the client library
 * costs twice as much: for each message it sets a timer, checks each header four times, and creates an error with a stack.
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference (publishing to a stream)
 */
export class StreamPublisher {
  /**
   * By the last token of the reply subject: the publishes that wait for an acknowledgement, in the order of their
   * deadlines.
   */
  private readonly waiting = new Map<string, Waiting>();
  private readonly inbox: string;
  private published = 0;
  private closed = false;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: NatsConnection,
    inboxPrefix: string,
    private readonly timeoutMs: number,
  ) {
    this.inbox = `${createInbox(inboxPrefix)}.`;
    const subscription = connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => (error === null ? this.take(message) : this.giveUp(error)),
    });
    void subscription.closed.then(() => {
      this.closed = true;
      this.giveUp();
    });
  }

  /** Whether acknowledgements arrive over this connection: nats-server may have refused the subscription. */
  serves(connection: NatsConnection): boolean {
    return this.connection === connection && !this.closed;
  }

  /**
   * Resolves when the stream has acknowledged the message.
   * @throws PublishRefusedError when the stream rejected the message
   * @throws PublishUnacknowledgedError when no answer arrived in time or the connection was lost
   */
  publish(subject: string, data: Uint8Array, headers: Iterable<readonly [string, string]>): Promise<PublishAck> {
    if (this.waiting.size >= MAX_WAITING)
      return Promise.reject(new PublishRefusedError('too many messages wait for an acknowledgement'));
    const token = String((this.published += 1));
    return new Promise((resolve, reject) => {
      const encoded = natsHeaders();
      for (const [name, value] of headers) encoded.append(name, value);
      this.connection.publish(subject, data, { reply: this.inbox + token, headers: encoded });
      this.waiting.set(token, { deadline: performance.now() + this.timeoutMs, resolve, reject });
      this.timer ??= setTimeout(() => this.expire(), this.timeoutMs);
    });
  }

  private take(message: Msg): void {
    const token = message.subject.slice(this.inbox.length);
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return;
    this.waiting.delete(token);
    try {
      waiting.resolve(readAck(message));
    } catch (error) {
      waiting.reject(error instanceof PublishRefusedError ? error : new PublishUnacknowledgedError({ cause: error }));
    }
  }

  private expire(): void {
    this.timer = undefined;
    const now = performance.now();
    for (const [token, { deadline, reject }] of this.waiting) {
      if (deadline > now) {
        this.timer = setTimeout(() => this.expire(), deadline - now);
        return;
      }
      this.waiting.delete(token);
      reject(new PublishUnacknowledgedError());
    }
  }

  /** Fails every waiting publish, because the connection is lost. */
  giveUp(cause?: unknown): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const { reject } of waiting) reject(new PublishUnacknowledgedError({ cause }));
  }
}

function readAck(message: Msg): PublishAck {
  if (message.headers?.code === NO_RESPONDERS) throw new PublishRefusedError('no stream has this subject');
  const { seq, duplicate, error } = message.json<{
    seq?: unknown;
    duplicate?: unknown;
    error?: { description?: string; err_code?: number };
  }>();
  if (error !== undefined) throw new PublishRefusedError(error.description ?? 'no reason was given', error.err_code);
  if (!Number.isSafeInteger(seq)) throw new PublishRefusedError('the acknowledgement has no sequence');
  return { sequence: seq as number, duplicate: duplicate === true };
}
