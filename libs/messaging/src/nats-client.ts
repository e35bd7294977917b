import { AuthorityFile, type Live, RotatingSecret, fixed, part } from '@gatehouse/config';
import { type NatsConnection, type TlsOptions, connect, errors } from '@nats-io/transport-node';
import { type Logger } from 'pino';
import { NatsDisconnectedError, NatsRefusedError } from './errors';
import { refusalReason } from './refusal';

/** Connection settings of a service. */
export interface NatsOptions {
  readonly servers: readonly string[];
  readonly user?: string;
  /** May change while the service runs: the next connection uses it. */
  readonly password?: string | Live<string | undefined>;
  /**
   * PEM file of the authority that signed the servers' certificates, read at each connection. If present, TLS is used.
   */
  readonly caFile?: string;
  readonly name: string;
  readonly inboxPrefix: string;
}

const CONNECT_TIMEOUT_MS = 5_000;
const RECONNECT_WAIT_MS = { least: 500, jitter: 100 };
/** Time within which a lost connection is in most cases restored, such as after a change of the password. */
const RESTORE_MS = 1_000;
/** Interval of pings. With the client library's default, it would take minutes to detect a half-open connection. */
const PING_INTERVAL_MS = 1_000;
const MAX_PINGS_OUT = 2;
/**
 * Maximum number of errors of the server that are logged for one connection. A user without a permission causes an error
 * at each attempt.
 */
const MAX_LOGGED_ERRORS = 20;

/**
 * One connection to NATS, which is made in the background and restored whenever it is lost. A service starts and continues
 * while NATS is unavailable.
 */
export class NatsClient {
  private connection: NatsConnection | undefined;
  private closed = false;
  private loop: Promise<void> = Promise.resolve();
  private up = false;
  private readonly listeners = new Set<(connection: NatsConnection) => void>();
  private readonly losers = new Set<() => void>();
  /** Errors of the server that were logged since the last connect. */
  private readonly logged = new Set<string>();
  private readonly password: RotatingSecret;
  private readonly authority: AuthorityFile | undefined;
  /** The password of each attempt since the last connect. The server refused all but the last of them. */
  private tried: string[] = [];
  /** Whether the next attempt follows at once, because it has another password. */
  private atOnce = false;
  private lostAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly options: NatsOptions,
    private readonly logger: Logger,
  ) {
    const { password, caFile } = options;
    const live = typeof password === 'object' ? password : fixed(password);
    this.password = new RotatingSecret(part(live, (value) => value ?? ''));
    this.authority = caFile === undefined ? undefined : new AuthorityFile(caFile);
  }

  /**
   * Starts to connect. Resolves after the first attempt, whether it succeeded or failed, and after 5 s at the latest.
   * The client continues to connect in the background.
   * @throws NatsRefusedError when the first server that answers rejects the credentials or the TLS settings
   */
  start(): Promise<void> {
    return new Promise((resolve, reject) => {
      const limit = setTimeout(resolve, CONNECT_TIMEOUT_MS);
      this.loop = this.run((refusal) => {
        clearTimeout(limit);
        if (refusal === undefined) resolve();
        else reject(refusal);
      });
    });
  }

  /** Whether the client is connected and the server answers pings. */
  get connected(): boolean {
    return this.up && this.connection?.isClosed() === false;
  }

  /** Prefix of the subjects on which this service receives replies. */
  get inboxPrefix(): string {
    return this.options.inboxPrefix;
  }

  /** The current connection. @throws NatsDisconnectedError while there is none */
  get(): NatsConnection {
    if (this.connection === undefined || !this.connected) throw new NatsDisconnectedError();
    return this.connection;
  }

  /**
   * The current connection. Within the first second after a loss, waits until the connection is restored.
   * @throws NatsDisconnectedError while there is none
   */
  async restored(): Promise<NatsConnection> {
    const waitMs = this.lostAt + RESTORE_MS - performance.now();
    if (!this.connected && waitMs > 0 && !this.closed) {
      await new Promise<void>((resolve) => {
        const end = (): void => {
          clearTimeout(timer);
          this.listeners.delete(end);
          resolve();
        };
        const timer = setTimeout(end, waitMs);
        this.listeners.add(end);
      });
    }
    return this.get();
  }

  /** Calls `listener` at each connect and reconnect, and at once if the client is connected. */
  onConnect(listener: (connection: NatsConnection) => void): void {
    this.listeners.add(listener);
    if (this.connection !== undefined && this.connected) listener(this.connection);
  }

  /** Calls `listener` when the connection is lost: closed by the server, or without an answer to pings for 3 s. */
  onLoss(listener: () => void): void {
    this.losers.add(listener);
  }

  /** Flushes the connection and closes it. */
  async close(): Promise<void> {
    this.closed = true;
    const { connection } = this;
    if (connection !== undefined && !connection.isClosed()) {
      if (this.connected) await Promise.race([connection.flush().catch(() => undefined), pause(1_000, false)]);
      await connection.close();
    }
    await this.loop;
  }

  private async run(onFirstAttempt: (refusal?: NatsRefusedError) => void): Promise<void> {
    let reported: string | undefined;
    for (let attempt = 1; !this.closed; attempt += 1) {
      try {
        const connection = await this.dial();
        onFirstAttempt();
        reported = undefined;
        await this.follow(connection);
      } catch (error) {
        const refusal = refusalReason(error);
        if (attempt === 1 && refusal !== undefined) {
          onFirstAttempt(new NatsRefusedError(refusal));
          return;
        }
        onFirstAttempt();
        const reason = refusal ?? reasonOf(error);
        if (reported !== reason && !this.closed) {
          this.logger.warn({ reason }, 'NATS unavailable; connecting in the background');
        }
        reported = reason;
        await pause(RECONNECT_WAIT_MS.least);
      }
    }
  }

  private dial(): Promise<NatsConnection> {
    const { servers, user, name, inboxPrefix } = this.options;
    const { authority } = this;
    return connect({
      servers: [...servers],
      name,
      inboxPrefix,
      ...(user === undefined ? {} : { authenticator: () => ({ user, pass: this.nextPassword() }) }),
      ...(authority === undefined ? {} : { tls: trustOf(authority) }),
      timeout: CONNECT_TIMEOUT_MS,
      maxReconnectAttempts: -1,
      reconnectDelayHandler: () => this.reconnectDelay(),
      ignoreAuthErrorAbort: true,
      pingInterval: PING_INTERVAL_MS,
      maxPingOut: MAX_PINGS_OUT,
      noAsyncTraces: true,
    });
  }

  /** The password of the next attempt. An attempt before it that has not led to a connection counts as refused. */
  private nextPassword(): string {
    const last = this.tried.at(-1);
    if (last !== undefined) this.password.refuse(last);
    const { next } = this.password;
    this.atOnce = this.tried.length === 0 && this.password.candidates.length > 1;
    this.tried = [...this.tried.slice(-1), next];
    return next;
  }

  private reconnectDelay(): number {
    const waitMs = this.atOnce ? 0 : RECONNECT_WAIT_MS.least + Math.floor(Math.random() * RECONNECT_WAIT_MS.jitter);
    this.atOnce = false;
    return waitMs;
  }

  private async follow(connection: NatsConnection): Promise<void> {
    if (this.closed) {
      await connection.close();
      return;
    }
    this.connection = connection;
    this.announce(connection);
    for await (const status of connection.status()) {
      if (status.type === 'disconnect' || status.type === 'staleConnection') this.lose();
      if (status.type === 'reconnect') this.announce(connection);
      if (status.type === 'error') this.logError(status.error);
    }
    this.lose();
  }

  /** Logs each error once for a connection; a refused password only when no other may be accepted. */
  private logError(error: Error): void {
    if (error instanceof errors.AuthorizationError && this.up) {
      this.logger.info('NATS accepts the password of this connection no longer; reconnecting');
      return;
    }
    if (error instanceof errors.AuthorizationError && !this.password.isRefused) return;
    const reason = refusalReason(error) ?? reasonOf(error);
    if (this.logged.has(reason) || this.logged.size >= MAX_LOGGED_ERRORS) return;
    this.logged.add(reason);
    this.logger.error({ reason }, 'NATS reported an error');
  }

  private announce(connection: NatsConnection): void {
    this.up = true;
    this.logged.clear();
    this.logger.info({ server: connection.getServer() }, 'connected to NATS');
    const accepted = this.tried.at(-1);
    this.tried = [];
    if (accepted !== undefined) {
      this.password.accept(accepted);
      if (accepted !== this.password.current) {
        this.logger.warn('NATS accepted the former NATS_PASSWORD and not the current one: change it in nats-server');
      }
    }
    for (const listener of this.listeners) listener(connection);
  }

  private lose(): void {
    if (!this.up) return;
    this.up = false;
    this.lostAt = performance.now();
    if (!this.closed) this.logger.warn('NATS connection lost; reconnecting');
    for (const listener of this.losers) listener();
  }
}

/** The client library reads `ca` at each attempt. It would fail an attempt whose `caFile` is missing. */
function trustOf(authority: AuthorityFile): TlsOptions {
  return {
    get ca() {
      return authority.read();
    },
  };
}

function pause(ms: number, keepAlive = true): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    if (!keepAlive) timer.unref();
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || error.name : 'unknown';
}
