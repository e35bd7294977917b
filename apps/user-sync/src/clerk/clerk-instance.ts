import { setTimeout } from 'node:timers/promises';
import { LOGGER, METRICS } from '@gatehouse/observability';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { type UserSyncConfig } from '../config';
import { CONFIG } from '../tokens';
import { ClerkDirectory } from './clerk-directory';

const BETWEEN_ATTEMPTS_MS = 10_000;
const BETWEEN_WARNINGS_MS = 60_000;
/**
 * Timeout of each request for the instance id. Events that arrive right after the start wait for the first of these
 * requests.
 */
const TIMEOUT_MS = 5_000;

/**
 * The Clerk instance whose events are accepted: `CLERK_INSTANCE_ID`, otherwise the instance of the secret key. Asks
 * Clerk for the instance of the secret key in the background, until Clerk answers, and again when the key was replaced.
 * Logs an error if `CLERK_INSTANCE_ID` names another instance.
 */
@Injectable()
export class ClerkInstance implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private readonly stopping = new AbortController();
  private readonly foreign: Counter;
  private known: string | undefined;
  private warnedAt: number | undefined;
  private readonly firstAttempt: Promise<void>;
  private endFirstAttempt: () => void = () => undefined;
  private running: Promise<void> = Promise.resolve();

  constructor(
    @Inject(CONFIG)
    private readonly config: {
      readonly clerk: Pick<UserSyncConfig['clerk'], 'instanceId' | 'secretKey'>;
    },
    @Inject(ClerkDirectory) private readonly clerk: Pick<ClerkDirectory, 'instanceId'>,
    @Inject(LOGGER) private readonly log: Logger,
    @Inject(METRICS) metrics: Registry,
  ) {
    this.known = config.clerk.instanceId;
    this.firstAttempt = new Promise((resolve) => (this.endFirstAttempt = resolve));
    this.foreign = new Counter({
      name: 'gatehouse_user_sync_foreign_events_total',
      help: 'Ignored events of another Clerk instance',
      registers: [metrics],
    });
  }

  onApplicationBootstrap(): void {
    this.running = this.run();
    this.config.clerk.secretKey.onChange(() => {
      this.running = this.running.then(() => this.run());
    });
  }

  onModuleDestroy(): void {
    this.stopping.abort();
    this.endFirstAttempt();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running;
  }

  /** The instance id; undefined while it is unknown. Waits for the first request to Clerk, at most 5 s. */
  async current(): Promise<string | undefined> {
    if (this.known === undefined) await this.firstAttempt;
    return this.known;
  }

  /** Counts an event of another instance; warns at most once a minute. */
  noteForeign(instanceId: string): void {
    this.foreign.inc();
    const now = performance.now();
    if (this.warnedAt !== undefined && now - this.warnedAt < BETWEEN_WARNINGS_MS) return;
    this.warnedAt = now;
    this.log.warn({ instanceId, ours: this.known }, 'event of another Clerk instance ignored');
  }

  private async run(): Promise<void> {
    for (let attempt = 1; !this.stopping.signal.aborted; attempt += 1) {
      try {
        this.learn(await this.clerk.instanceId(TIMEOUT_MS));
        return;
      } catch (error) {
        if (attempt === 1) this.log.warn({ err: error }, 'reading the Clerk instance failed; retrying');
      } finally {
        this.endFirstAttempt();
      }
      await setTimeout(BETWEEN_ATTEMPTS_MS, undefined, { signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private learn(atClerk: string): void {
    const { instanceId: configured } = this.config.clerk;
    if (configured !== undefined && configured !== atClerk) {
      this.log.error(
        { configured, atClerk },
        'CLERK_INSTANCE_ID is not the instance of CLERK_SECRET_KEY: correct one of them',
      );
    }
    this.known = configured ?? atClerk;
  }
}
