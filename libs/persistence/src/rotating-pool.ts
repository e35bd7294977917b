/*
 * A pool that survives a change of the password, while the server and the service learn the new one at different times.
 *
 * States:
 *
 *   open       new connections use the URL that was not refused last: the current one or the previous one.
 *   suspended  the server refuses every URL. The pool opens no connections. Requests wait for a connection that is
 *              still open, for at most the time limit of a connection. Every `SUSPENDED_PROBE_MS` a probe logs in.
 *
 * Transitions:
 *
 *   open → suspended   when the last URL is refused. Not before a first login was accepted: a service with a wrong
 *                      password must not start.
 *   suspended → open   when a login is accepted.
 *
 * Once the server accepts a changed URL, connections of other URLs are closed: idle ones at once, busy ones at their
 * release. So that this happens without new connections too, probes log in with a changed URL until it is accepted.
 */
import { setTimeout } from 'node:timers/promises';
import { type Logger } from 'pino';
import { Pool, type PoolClient, type PoolConfig } from 'pg';
import { isLoginRefused, loginRefusal, refusalReason } from './refusal';
import { SteadyClient, type SteadyClientConfig } from './steady-client';

type Callback = (error: Error | undefined, client: PoolClient | undefined, done: (release?: unknown) => void) => void;

/** Settings of the pool, in addition to those of pg. */
export interface RotatingPoolConfig
  extends Omit<PoolConfig, 'Client'>, Pick<SteadyClientConfig, 'logins' | 'authority'> {
  readonly logger?: Logger | undefined;
  /** Name of the variable with the URL, for log lines. */
  readonly variable: string;
}

/** What pg-pool keeps about its clients. It has no public method that replaces them. */
interface PoolInternals {
  readonly _clients: readonly SteadyClient[];
  readonly _idle: readonly { readonly client: SteadyClient }[];
  /** Clients that the pool closes at their release. */
  readonly _expired: WeakSet<SteadyClient>;
  _remove(client: SteadyClient): void;
  /** Serves the next waiting request. */
  _pulseQueue(): void;
}

const SUSPENDED_PROBE_MS = 250;
const PROBE_MS = { first: 1_000, most: 30_000 };

/** A pool whose connections log in with the current `DATABASE_URL`, or with the previous one while the server expects it. */
export class RotatingPool extends Pool {
  private readonly size: number;
  private suspended = false;
  /** Whether a changed URL is not accepted yet. */
  private changed = false;
  private probing = false;
  private pause = new AbortController();
  /** The reason that was logged last, so that each is logged once. */
  private logged: string | undefined;

  constructor(private readonly config: RotatingPoolConfig) {
    // The types of pg do not know that the pool passes its own settings to each client.
    super({ ...config, ...({ Client: SteadyClient } as object) });
    this.size = this.options.max;
    config.logins.onChange(() => {
      this.changed = true;
      this.logged = undefined;
      this.resume();
      // The current URL leads to other data, which no earlier connection may be taken for.
      if (config.logins.candidates.length === 1) this.replaceOthers();
      void this.probe();
    });
    this.on('connect', (client) => this.took(client as unknown as SteadyClient));
  }

  override connect(): Promise<PoolClient>;
  override connect(callback: Callback): void;
  override connect(callback?: Callback): Promise<PoolClient> | void {
    if (callback === undefined) {
      return new Promise((resolve, reject) =>
        this.connect((error, client) => {
          if (error !== undefined) reject(error);
          else resolve(client as PoolClient);
        }),
      );
    }
    super.connect((error, client, done) => {
      if (this.mayTryAgain(error)) this.connect(callback);
      else callback(error, client, done);
    });
  }

  private mayTryAgain(error: Error | undefined): boolean {
    const { logins } = this.config;
    if (error === undefined || this.ending || !logins.wasAccepted || !isLoginRefused(error)) return false;
    if (logins.isRefused) this.suspend(error);
    return true;
  }

  private suspend(error: Error): void {
    if (this.suspended) return;
    this.suspended = true;
    // pg-pool opens no connection while it has this many or more.
    this.options.max = 0;
    this.config.logger?.error(
      { reason: loginRefusal(error, this.config.variable) },
      'database login refused; keeping open connections',
    );
    void this.probe();
  }

  private resume(): void {
    if (!this.suspended) return;
    this.suspended = false;
    this.options.max = this.size;
    for (let waiting = this.waitingCount; waiting > 0; waiting -= 1) this.internals._pulseQueue();
  }

  /** Logs in outside of the pool until the server accepts the current URL, and any URL. */
  private async probe(): Promise<void> {
    this.pause.abort();
    if (this.probing) return;
    this.probing = true;
    let pauseMs = PROBE_MS.first;
    while (!this.ending && (this.changed || this.suspended)) {
      for (const url of this.suspended ? this.config.logins.candidates : [this.config.logins.current]) {
        await this.logIn(url);
      }
      if (!this.changed && !this.suspended) break;
      await this.sleep(this.suspended ? SUSPENDED_PROBE_MS : pauseMs);
      pauseMs = this.pause.signal.aborted ? PROBE_MS.first : Math.min(pauseMs * 2, PROBE_MS.most);
    }
    this.probing = false;
  }

  /** Waits; the wait ends early when there is a new reason to log in. */
  private async sleep(ms: number): Promise<void> {
    this.pause = new AbortController();
    await setTimeout(ms, undefined, { ref: false, signal: this.pause.signal }).catch(() => undefined);
  }

  private async logIn(url: string): Promise<void> {
    const client = new SteadyClient(this.config, url);
    try {
      await client.connect();
      this.took(client);
    } catch (error) {
      const reason = refusalReason(error, this.config.variable) ?? (error instanceof Error ? error.message : 'unknown');
      const login = this.changed ? 'changed database login' : 'database login';
      if (reason !== this.logged) this.config.logger?.warn({ reason }, `${login} failed; retrying`);
      this.logged = reason;
    } finally {
      void client.end().catch(() => undefined);
    }
  }

  /** Handles a login that the server accepted. */
  private took(client: SteadyClient): void {
    const { logins, logger } = this.config;
    if (this.suspended) {
      this.logged = undefined;
      logger?.info('database login accepted again');
    }
    this.resume();
    if (client.url !== logins.current) {
      // Either it was opened while the server accepted the current URL, or the server has returned to the former one.
      if (logins.next === logins.current) this.internals._expired.add(client);
      else if (!this.changed) {
        this.changed = true;
        void this.probe();
      }
    } else if (this.changed) {
      this.changed = false;
      this.logged = undefined;
      const connections = this.replaceOthers();
      logger?.info({ connections }, 'changed database login accepted; replacing connections');
    }
  }

  /** Closes the connections of earlier URLs, busy ones at their release; returns how many. */
  private replaceOthers(): number {
    const { _clients: clients, _idle: idle, _expired: expired } = this.internals;
    const others = clients.filter((client) => client.url !== this.config.logins.current);
    for (const client of others) {
      if (idle.some((item) => item.client === client)) this.internals._remove(client);
      else expired.add(client);
    }
    return others.length;
  }

  private get internals(): PoolInternals {
    return this as unknown as PoolInternals;
  }
}
