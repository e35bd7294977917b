import { type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { FeedRefusedError } from './errors';

/** A message that the stream republished. */
export interface FeedMessage {
  /** Its subject in the stream. */
  readonly subject: string;
  readonly sequence: number;
  readonly data: Uint8Array;
}

/** What a feed reports. */
export interface FeedListener {
  onMessage(message: FeedMessage): void;
  onReconnect(): void;
  onError(error: Error): void;
}

/** The subscription of what a stream republishes. It may lose messages; their sequences show that. */
export class Feed {
  private connection: NatsConnection | undefined;
  private subscription: Subscription | undefined;
  private endStatus: (() => void) | undefined;
  /** Whether the refusal of the subscription was reported; it is repeated at each attempt. */
  private isRefused = false;
  /** When the connection was lost, by `performance.now()`; undefined while it is up. */
  lostAt: number | undefined;

  constructor(
    private readonly subject: string,
    private readonly listener: FeedListener,
  ) {}

  /** Subscribes on this connection. @returns false if that was done before */
  attach(connection: NatsConnection): boolean {
    if (this.connection === connection && this.subscription?.isClosed() === false) return false;
    this.detach();
    this.connection = connection;
    this.lostAt = undefined;
    this.subscription = connection.subscribe(this.subject, {
      callback: (error, message) => {
        if (error === null) this.take(message);
        else this.refuse(error);
      },
    });
    void this.watch(connection);
    return true;
  }

  detach(): void {
    this.endStatus?.();
    if (this.subscription?.isClosed() === false) this.subscription.unsubscribe();
    this.subscription = undefined;
    this.connection = undefined;
  }

  private take({ headers, data }: Msg): void {
    const subject = headers?.get('Nats-Subject');
    const sequence = Number(headers?.get('Nats-Sequence'));
    if (!subject || !Number.isSafeInteger(sequence)) return;
    this.isRefused = false;
    this.listener.onMessage({ subject, sequence, data });
  }

  private refuse(cause: Error): void {
    if (!this.isRefused) this.listener.onError(new FeedRefusedError(this.subject, { cause }));
    this.isRefused = true;
  }

  private async watch(connection: NatsConnection): Promise<void> {
    const statuses = connection.status();
    // The iterator of the client library has a `stop`, which its type does not show. `return` would wait for a status.
    this.endStatus = () => (statuses as { stop?: () => void }).stop?.();
    try {
      for await (const { type } of statuses) {
        if (this.connection !== connection) return;
        if (type === 'disconnect' || type === 'staleConnection') this.lostAt ??= performance.now();
        if (type === 'reconnect') {
          this.lostAt = undefined;
          this.listener.onReconnect();
        }
      }
    } catch {
      // The connection ended; the next check reports it.
    }
  }
}
