import { SharedOutageError } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { isRetryable } from '@gatehouse/lifecycle';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource, type QueryRunner } from 'typeorm';
import { type UserSyncConfig } from '../config';
import { guardDatabase } from '../database/guard-database';
import { type ReconcileRunEntity } from '../database/reconcile-run.entity';
import { ClerkRequestError, ReconcileInterruptedError } from '../errors';
import { CONFIG } from '../tokens';
import { AbsenceConfirmation } from './confirm-absences';
import { DriftSampler } from './drift-sampler';
import { PendingRedactions } from './pending-redactions';
import { ReconcileMetrics } from './reconcile-metrics';
import { ReconcileRuns } from './reconcile-runs';
import { Reconciler } from './reconciler';
import { ConflictReview } from './review-conflicts';

const EVERY_MS = 1_000;
/** What is not a walk waits longer. */
const CHORES_MS = 30_000;
const SAMPLE_MS = 15 * 60_000;
/** A service that has just begun has webhooks to take first. */
const SETTLE_IN_MS = 60_000;
/** The advisory lock of the replica that leads; any number will do that nobody else uses. */
export const LEADER_LOCK = 7_202_613;

/** Does what only one replica may do, for as long as it holds the lock: walks over Clerk's users and what follows. */
@Injectable()
export class ReconcileWorker implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private stopping = false;
  private pausedUntil = 0;
  private choresAt = 0;
  private sampleAt = Date.now() + SAMPLE_MS;
  private readonly bootedAt = Date.now();

  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    private readonly dataSource: DataSource,
    private readonly reconciler: Reconciler,
    private readonly runs: ReconcileRuns,
    private readonly confirmation: AbsenceConfirmation,
    private readonly redactions: PendingRedactions,
    private readonly conflicts: ConflictReview,
    private readonly drift: DriftSampler,
    private readonly metrics: ReconcileMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.choresAt = Date.now() + this.choresEvery();
    this.timer = setInterval(() => this.wake(), EVERY_MS);
  }

  /** Every worker stops before the first one is awaited: the waits at shutdown do not add up. */
  onModuleDestroy(): void {
    this.stopping = true;
    clearInterval(this.timer);
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.running;
  }

  /** Looks now whether there is something to do; calls that come meanwhile change nothing. */
  wake(): void {
    if (this.stopping || this.running !== undefined || Date.now() < this.pausedUntil) return;
    this.running = this.round()
      .catch((error: unknown) => this.pause(error))
      .finally(() => {
        this.running = undefined;
      });
  }

  private async round(): Promise<void> {
    const chores = Date.now() >= this.choresAt;
    const open = await this.runs.open();
    if (open === null && !chores) return;
    await this.leading(async (stillLeading) => {
      if (open !== null) await this.walk(open.id, stillLeading);
      if (chores) await this.doChores();
    });
  }

  private async walk(id: string, stillLeading: () => Promise<boolean>): Promise<void> {
    // Read again under the lock: another replica may have ended it.
    const run = await this.runs.open();
    if (run?.id !== id) return;
    try {
      await this.reconciler.run(run, async () => !this.stopping && (await stillLeading()) && this.follow(id));
    } catch (error) {
      if (!isPermanent(error)) throw error;
      await this.runs.update(id, { state: 'failed', message: error.message, finishedAt: new Date() });
      this.log.error({ err: error, runId: id }, 'the walk over Clerk was refused');
      return;
    }
    const ended = await this.runs.lastFinished();
    this.metrics.finished((await this.runs.lastFinished('done'))?.finishedAt ?? null);
    this.log.info({ runId: id, state: ended?.state, users: ended?.usersDone, changes: ended?.changes }, 'walk ended');
  }

  private async follow(id: string): Promise<boolean> {
    const run = await this.runs.open();
    if (run !== null) this.metrics.progress(run.usersDone, run.usersTotal ?? 0);
    return run?.id === id;
  }

  private async doChores(): Promise<void> {
    this.choresAt = Date.now() + this.choresEvery();
    const last = await this.runs.lastFinished();
    this.metrics.finished((await this.runs.lastFinished('done'))?.finishedAt ?? null);
    await this.conflicts.closeOver();
    this.metrics.openConflicts(await this.conflicts.count());
    const redacted = await this.redactions.redactDue();
    if (redacted > 0) this.log.info({ users: redacted }, 'users found deleted were redacted');
    await this.confirmation.confirmDue();
    if (Date.now() >= this.sampleAt) {
      this.sampleAt = Date.now() + SAMPLE_MS;
      await this.drift.sample();
    }
    if (this.isDue(last)) await this.runs.queue('schedule');
    await this.conflicts.askDue(() => !this.stopping);
  }

  private choresEvery(): number {
    const { intervalMs } = this.config.reconcile;
    return intervalMs === 0 ? CHORES_MS : Math.min(CHORES_MS, intervalMs);
  }

  private isDue(last: ReconcileRunEntity | null): boolean {
    const { intervalMs } = this.config.reconcile;
    if (intervalMs === 0) return false;
    const since = last?.finishedAt?.getTime() ?? this.bootedAt;
    return Date.now() >= Math.max(since + intervalMs, this.bootedAt + Math.min(intervalMs, SETTLE_IN_MS));
  }

  /** The lock lives and dies with one connection: a process that is killed gives it up. */
  private async leading(work: (stillLeading: () => Promise<boolean>) => Promise<void>): Promise<void> {
    const connection = this.dataSource.createQueryRunner();
    try {
      if (!(await tryLock(connection))) return;
      try {
        await work(() => isAlive(connection));
      } finally {
        await connection.query('SELECT pg_advisory_unlock($1)', [LEADER_LOCK]).catch(() => undefined);
      }
    } finally {
      await connection.release();
    }
  }

  /** Nothing is lost: the walk is in the database. */
  private pause(error: unknown): void {
    if (error instanceof ReconcileInterruptedError) return;
    const wish = error instanceof ClerkRequestError ? error.answer.retryAfterMs : undefined;
    this.pausedUntil = Date.now() + Math.max(wish ?? 0, 5 * EVERY_MS);
    if (error instanceof SharedOutageError || error instanceof ClerkRequestError) {
      this.log.warn({ reason: error.message }, 'reconciling waits');
    } else {
      this.log.error({ err: error }, 'reconciling waits after an unexpected error');
    }
  }
}

async function tryLock(connection: QueryRunner): Promise<boolean> {
  const rows = await guardDatabase(
    () =>
      connection.query('SELECT pg_try_advisory_lock($1) AS locked', [LEADER_LOCK]) as Promise<{ locked: boolean }[]>,
  );
  return rows[0]?.locked === true;
}

async function isAlive(connection: QueryRunner): Promise<boolean> {
  return connection.query('SELECT 1').then(
    () => true,
    () => false,
  );
}

/** Clerk's last word: trying again cannot help, a person has to. */
function isPermanent(error: unknown): error is ClerkRequestError {
  return error instanceof ClerkRequestError && !isRetryable({ kind: error.kind, ...error.answer });
}
