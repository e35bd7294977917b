import { type NatsUser } from '@gatehouse/local-stack';

/** A nats-server of one test file's own, which may be stopped, started again and robbed of its store. */
export interface OwnNats {
  url: string;
  users: readonly NatsUser[];
  /** Orderly. */
  stop(): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Stops its clock: connections stay open and nothing answers, until `thaw`. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Starts it again on the same port with what is left of its store. */
  start(): Promise<void>;
  /** Deletes all streams and consumers; only while it is stopped. */
  loseStore(): void;
  /** Stops it for good and removes its files. */
  dispose(): Promise<void>;
}
