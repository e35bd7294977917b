import {
  type Msg,
  type NatsConnection,
  NoRespondersError,
  TimeoutError,
  createInbox,
  errors,
  headers as natsHeaders,
} from '@nats-io/transport-node';
import { NatsLostError } from './errors';

/** One attempt of a request. */
export interface Attempt {
  readonly subject: string;
  readonly body: Uint8Array;
  readonly header: readonly [name: string, value: string];
  readonly timeoutMs: number;
  readonly repeatable: boolean;
}

interface Waiting {
  readonly subject: string;
  readonly repeatable: boolean;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (reply: Msg) => void;
  readonly reject: (error: Error) => void;
}

/** Time after a loss within which a reply may still arrive over the restored connection. */
const LATE_REPLY_MS = 1_000;
const NO_RESPONDERS = 503;

/**
 * Sends requests over one connection, with one inbox for all replies. The request of the client library costs the gateway
 * more: it creates three errors with their stacks for each request that succeeds.
 */
export class RequestInbox {
  /** By the last token of the reply subject: the requests without a reply. */
  private readonly waiting = new Map<string, Waiting>();
  private readonly inbox: string;
  private sent = 0;
  private closed = false;

  constructor(
    private readonly connection: NatsConnection,
    prefix: string,
  ) {
    this.inbox = `${createInbox(prefix)}.`;
    const subscription = connection.subscribe(`${this.inbox}*`, {
      callback: (error, message) => (error === null ? this.take(message) : this.failAll(error)),
    });
    void subscription.closed.then(() => {
      this.closed = true;
      this.failAll(new NatsLostError());
    });
    void this.followErrors();
  }

  /** Whether replies arrive over this connection: nats-server may have refused the subscription. */
  serves(connection: NatsConnection): boolean {
    return this.connection === connection && !this.closed;
  }

  /**
   * Resolves with the reply.
   * @throws NoRespondersError, TimeoutError, NatsLostError, PermissionViolationError
   */
  request({ subject, body, header: [name, value], timeoutMs, repeatable }: Attempt): Promise<Msg> {
    const token = String((this.sent += 1));
    return new Promise((resolve, reject) => {
      const headers = natsHeaders();
      headers.set(name, value);
      this.connection.publish(subject, body, { reply: this.inbox + token, headers });
      const timer = setTimeout(() => this.fail(token, new TimeoutError()), timeoutMs);
      this.waiting.set(token, { subject, repeatable, timer, resolve, reject });
    });
  }

  /**
   * Handles the loss of the connection. What was sent may be lost, and so may a reply. Repeatable requests fail at once.
   * Others wait a moment longer, because their reply may still arrive over the restored connection.
   */
  lose(): void {
    const late: string[] = [];
    for (const [token, { repeatable }] of this.waiting) {
      if (repeatable) this.fail(token, new NatsLostError());
      else late.push(token);
    }
    if (late.length === 0) return;
    setTimeout(() => {
      for (const token of late) this.fail(token, new NatsLostError());
    }, LATE_REPLY_MS);
  }

  private take(message: Msg): void {
    const token = message.subject.slice(this.inbox.length);
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return;
    if (message.data.length === 0 && message.headers?.code === NO_RESPONDERS) {
      this.fail(token, new NoRespondersError(waiting.subject));
      return;
    }
    this.waiting.delete(token);
    clearTimeout(waiting.timer);
    waiting.resolve(message);
  }

  private fail(token: string, error: Error): void {
    const waiting = this.waiting.get(token);
    if (waiting === undefined) return;
    this.waiting.delete(token);
    clearTimeout(waiting.timer);
    waiting.reject(error);
  }

  private failAll(error: Error): void {
    for (const token of [...this.waiting.keys()]) this.fail(token, error);
  }

  /** nats-server reports a request that it does not permit as an error of the connection. */
  private async followErrors(): Promise<void> {
    for await (const status of this.connection.status()) {
      if (this.closed) return;
      if (status.type !== 'error' || !(status.error instanceof errors.PermissionViolationError)) continue;
      const { operation, subject } = status.error;
      if (operation !== 'publish') continue;
      for (const [token, waiting] of this.waiting) if (waiting.subject === subject) this.fail(token, status.error);
    }
  }
}
