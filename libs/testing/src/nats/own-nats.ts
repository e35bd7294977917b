import { type NatsUser } from '@gatehouse/local-stack';

/** The nats-server of one test file, which the test can stop, restart and empty. */
export interface OwnNats {
  url: string;
  users: readonly NatsUser[];
  /** Stops the server. */
  stop(): Promise<void>;
  /** Sends SIGKILL. */
  kill(): Promise<void>;
  /** Freezes the process until `thaw`: connections stay open and nothing answers. */
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Starts the server again on the same port, with its store. */
  start(): Promise<void>;
  /** Deletes all streams and consumers. Call it only while the server is stopped. */
  loseStore(): void;
  /** Stops the server and removes its files. */
  dispose(): Promise<void>;
}
