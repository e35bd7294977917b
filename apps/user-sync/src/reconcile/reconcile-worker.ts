import { isRetryable } from '@gatehouse/lifecycle';
import { SharedOutageError } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import {
  type BeforeApplicationShutdown,
  Inject,
  Injectable,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { type Logger } from 'pino';
import { type UserSyncConfig } from '../config';
import { ClerkRequestError, ReconcileInterruptedError } from '../errors';
import { CONFIG } from '../tokens';
import { LeaderChores } from './leader-chores';
import { LeaderLock } from './leader-lock';
import { ReconcileMetrics } from './reconcile-metrics';
import { ReconcileRuns } from './reconcile-runs';
import { Reconciler } from './reconciler';

/*
 * States of the worker:
 * - idle: waits for the next tick.
 * - working: a round is running. It takes the leader lock, resumes the open run, and does the chores when they are due.
 * - paused: the last round failed. Ticks are ignored until the pause is over.
 * - stopped: the service shuts down. No round starts; a running one ends at its next step. Final.
 *
 * Transitions:
 * - idle, or paused when the pause is over -> working: a tick, or `wake`.
 * - working -> idle: the round ended, another replica leads, or the run was interrupted.
 * - working -> paused: the round failed. Nothing is lost: all progress is in the database.
 * - every state -> stopped: `onModuleDestroy`.
 */
type State =
  | { readonly kind: 'idle' }
  | { readonly kind: 'working'; readonly round: Promise<void> }
  | { readonly kind: 'paused'; readonly until: number }
  | { readonly kind: 'stopped'; readonly round: Promise<void> };

const TICK_MS = 1_000;

/** Runs reconcile runs and the chores of the leading replica. */
@Injectable()
export class ReconcileWorker implements OnApplicationBootstrap, OnModuleDestroy, BeforeApplicationShutdown {
  private state: State = { kind: 'idle' };
  private timer: NodeJS.Timeout | undefined;

  constructor(
    @Inject(CONFIG) private readonly config: Pick<UserSyncConfig, 'intervals'>,
    private readonly leader: LeaderLock,
    private readonly runs: ReconcileRuns,
    private readonly reconciler: Reconciler,
    private readonly chores: LeaderChores,
    private readonly metrics: ReconcileMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.wake(), TICK_MS);
  }

  /**
   * Tells the running round to stop, without waiting for it: `beforeApplicationShutdown` waits. So all workers stop at
   * the same time.
   */
  onModuleDestroy(): void {
    clearInterval(this.timer);
    this.state = { kind: 'stopped', round: this.state.kind === 'working' ? this.state.round : Promise.resolve() };
  }

  async beforeApplicationShutdown(): Promise<void> {
    if (this.state.kind === 'stopped') await this.state.round;
  }

  /** Starts a round, unless one is running or the worker is paused or stopped. */
  wake(): void {
    if (this.state.kind === 'working' || this.state.kind === 'stopped') return;
    if (this.state.kind === 'paused' && Date.now() < this.state.until) return;
    const round = this.round()
      .then((): State => ({ kind: 'idle' }))
      .catch((error: unknown) => this.stateAfter(error))
      .then((next) => {
        if (this.state.kind === 'working') this.state = next;
      });
    this.state = { kind: 'working', round };
  }

  private get isStopped(): boolean {
    return this.state.kind === 'stopped';
  }

  private async round(): Promise<void> {
    const choresAreDue = this.chores.isDue();
    const open = await this.runs.open();
    if (open === null && !choresAreDue) return;
    await this.leader.lead(async (stillLeading) => {
      if (open !== null) await this.resume(open.id, stillLeading);
      if (choresAreDue) await this.chores.run(() => !this.isStopped);
    });
  }

  private async resume(id: string, stillLeading: () => Promise<boolean>): Promise<void> {
    // Reads the run again now that this replica holds the leader lock: another replica may have ended the run.
    const run = await this.runs.open();
    if (run?.id !== id) return;
    try {
      await this.reconciler.run(run, async () => !this.isStopped && (await stillLeading()) && this.isStillOpen(id));
    } catch (error) {
      if (!isPermanent(error)) throw error;
      await this.runs.update(id, { state: 'failed', message: error.message, finishedAt: new Date() });
      this.log.error({ err: error, runId: id }, 'reconcile run failed: Clerk rejects our requests');
      return;
    }
    const ended = await this.runs.lastFinished();
    this.metrics.finished((await this.runs.lastFinished('done'))?.finishedAt ?? null);
    this.metrics.ended(ended?.state);
    const { state, usersDone: users, changes } = ended ?? {};
    this.log.info({ runId: id, state, users, changes }, 'reconcile run ended');
  }

  private async isStillOpen(id: string): Promise<boolean> {
    const run = await this.runs.open();
    if (run !== null) this.metrics.progress(run.usersDone, run.usersTotal ?? 0);
    return run?.id === id;
  }

  private stateAfter(error: unknown): State {
    if (error instanceof ReconcileInterruptedError) return { kind: 'idle' };
    const retryAfterMs = error instanceof ClerkRequestError ? error.answer.retryAfterMs : undefined;
    if (error instanceof SharedOutageError || error instanceof ClerkRequestError) {
      this.log.warn({ reason: error.message }, 'reconciling paused; retrying');
    } else {
      this.log.error({ err: error }, 'reconciling paused after an unexpected error; retrying');
    }
    return { kind: 'paused', until: Date.now() + Math.max(retryAfterMs ?? 0, this.config.intervals.reconcilePause) };
  }
}

/** Whether every retry would get the same answer from Clerk, so that a person has to look. */
function isPermanent(error: unknown): error is ClerkRequestError {
  return error instanceof ClerkRequestError && !isRetryable({ kind: error.kind, ...error.answer });
}
