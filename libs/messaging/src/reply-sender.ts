import { endOfTurn } from './end-of-turn';
import { type NatsClient } from './nats-client';

interface Reply {
  readonly subject: string;
  readonly data: string;
  readonly at: number;
}

/** Time for which the sender of a request waits, so that a later reply would be useless. */
const USEFUL_MS = 5_000;
const MAX_REPLIES = 1_000;
const MAX_CHARACTERS = 4 * 1024 * 1024;

/**
 * Sends replies over a connection that may be lost. What was written shortly before a loss may not have reached the
 * server. So the latest replies are kept, and sent again after a reconnect, with those that became ready meanwhile. The
 * server delivers one reply to each request and drops further ones.
 */
export class ReplySender {
  /** The latest replies, oldest first. */
  private readonly latest: Reply[] = [];
  private characters = 0;
  /** Replies of this turn of the event loop. They are published together, in one system call. */
  private ready: Reply[] = [];

  constructor(private readonly nats: NatsClient) {
    nats.onConnect(() => this.repeat());
  }

  send(subject: string, data: string): void {
    const reply = { subject, data, at: performance.now() };
    this.keep(reply);
    if (this.ready.push(reply) === 1) void endOfTurn().then(() => this.flush());
  }

  /** Publishes the replies that wait for the end of this turn. Without a connection, they are sent after a reconnect. */
  flush(): void {
    const { ready } = this;
    this.ready = [];
    if (!this.nats.connected) return;
    for (const { subject, data } of ready) this.publish(subject, data);
  }

  private keep(reply: Reply): void {
    this.latest.push(reply);
    this.characters += reply.data.length;
    let gone = 0;
    for (const old of this.latest) {
      const isFull = this.latest.length - gone > MAX_REPLIES || this.characters > MAX_CHARACTERS;
      if (!isFull && reply.at - old.at < USEFUL_MS) break;
      this.characters -= old.data.length;
      gone += 1;
    }
    if (gone > 0) this.latest.splice(0, gone);
  }

  private repeat(): void {
    const now = performance.now();
    for (const { subject, data, at } of this.latest) if (now - at < USEFUL_MS) this.publish(subject, data);
  }

  private publish(subject: string, data: string): void {
    try {
      this.nats.get().publish(subject, data);
    } catch {
      // The connection is lost: the reply is sent again after the reconnect.
    }
  }
}
