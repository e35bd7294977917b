import { type NatsAccount, type NatsIdentity } from '@gatehouse/contracts';
import { PATIENCE_MS, firstNatsClient } from '@gatehouse/local-stack';

/** Name and password of the user that may do everything in the account of the streams. */
export const OPERATOR = 'operator';

/** The nats-server of one test file, which the test can stop, restart and empty. */
export interface OwnNats {
  url: string;
  /** Options for `connect` as a service, or as an operator of the streams; a new object at each call. */
  as(user: NatsIdentity | typeof OPERATOR): NatsLogin;
  /** Stops the server. */
  stop(): Promise<void>;
  /**
   * Changes the password of a user in the file of passwords and reloads the server. Resolves when the server accepts the
   * new password.
   */
  changePassword(user: NatsIdentity | typeof OPERATOR, password: string): Promise<void>;
  /** Makes the server read its configuration again. */
  reload(): Promise<void>;
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

/** Options for `connect`. */
export interface NatsLogin {
  servers: string;
  user: string;
  pass: string;
  inboxPrefix: string;
}

/** How to start the server. */
export interface OwnNatsOptions {
  /** Accounts instead of those of production, with the password of each user equal to its name. */
  accounts?: readonly NatsAccount[];
  /**
   * Accounts as text of a configuration file, used instead of `accounts`. `environment` holds the variables that the
   * text refers to, unless the text includes `./passwords.conf`, in which the password of each user is its name.
   */
  configured?: { readonly accountsText: string; readonly environment?: Record<string, string> };
  /**
   * Folder in which the server's store is created, for example on a small disk that a test fills. The server then
   * accepts streams of up to 4 GB in total, whatever the size of the disk. Ignored in a run with containers.
   */
  place?: string;
  /** nats-server to run instead of the one that the global setup found. */
  program?: string | undefined;
}

/** Options for `connect` as a user; its password is its name by default. */
export function loginOf(url: string, user: string, pass = user): NatsLogin {
  return { servers: url, user, pass, inboxPrefix: `_INBOX.${user}` };
}

/** Waits until the server accepts a changed password. */
export async function untilAccepted(url: string, user: string, password: string): Promise<void> {
  const refusal = await firstNatsClient({
    url,
    user: { user, password },
    timeoutMs: PATIENCE_MS,
    isRunning: () => true,
  });
  if (refusal !== undefined) throw refusal;
}
