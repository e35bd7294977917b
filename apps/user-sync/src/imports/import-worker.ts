import { SharedOutageError } from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type UserImportEntity } from '../database/user-import.entity';
import { ClerkRequestError, ImportInterruptedError, isOwnError } from '../errors';
import { LeaderLock } from '../reconcile/leader-lock';
import { ImportApplier } from './apply-rows/apply-import';
import { ImportStore } from './import-store';
import { ImportPlanner } from './plan-rows/plan-import';
import { ImportUndoer } from './undo-rows/undo-import';

const TICK_MS = 1_000;
/** Pause after the database was unavailable. Nothing is lost: all progress is in the database. */
const PAUSE_MS = 5_000;
/** Message of an import whose planning needs Clerk. */
const WAITING = 'Clerk does not answer requests for external ids. Planning continues when it does.';
/** Key of the advisory lock of the replica that works on imports. Arbitrary; unique among our advisory locks. */
const LOCK = 7_202_617;

/**
 * Plans, applies and undoes imports, one at a time over all replicas, in the order in which they were queued. A crash
 * loses at most one batch of rows, which is then done again. An import whose step fails is postponed, and the next one
 * goes on.
 */
@Injectable()
export class ImportWorker extends PeriodicWorker {
  private pausedUntil = 0;

  constructor(
    private readonly leader: LeaderLock,
    private readonly store: ImportStore,
    private readonly planner: ImportPlanner,
    private readonly applier: ImportApplier,
    private readonly undoer: ImportUndoer,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: TICK_MS });
  }

  /** Starts the next step now, unless one is running. */
  override wake(): void {
    super.wake();
  }

  protected override async run(): Promise<void> {
    if (performance.now() < this.pausedUntil) return;
    try {
      if ((await this.store.next()) === null) return;
      await this.leader.lead((stillLeading) => this.work(stillLeading), LOCK);
    } catch (error) {
      this.pauseAfter(error);
    }
  }

  private async work(stillLeading: () => Promise<boolean>): Promise<void> {
    const goOn = async () => {
      if (this.stopped || !(await stillLeading())) throw new ImportInterruptedError();
    };
    for (let step = await this.store.next(); step !== null; step = await this.store.next()) {
      await goOn();
      const { id, state } = step;
      try {
        await this.carryOut(step, goOn);
        this.log.info({ importId: id, step: state }, 'import step ended');
      } catch (error) {
        if (this.stopped || error instanceof SharedOutageError) throw error;
        // An admin may have discarded or undone the import. The next step may be of another one.
        if (!(error instanceof ImportInterruptedError)) await this.postpone(step, error);
      }
    }
  }

  private async postpone(step: UserImportEntity, error: unknown): Promise<void> {
    const retryAfterMs = error instanceof ClerkRequestError ? (error.answer.retryAfterMs ?? 0) : 0;
    const attempts = await this.store.postpone(step, retryAfterMs, reasonOf(error));
    const fields = { importId: step.id, step: step.state, attempts };
    if (error instanceof ClerkRequestError)
      this.log.warn({ ...fields, reason: error.message }, 'import step postponed');
    else this.log.error({ ...fields, err: error }, 'import step failed; retrying');
  }

  private async carryOut(step: UserImportEntity, goOn: () => Promise<void>): Promise<void> {
    if (step.state === 'planning') return this.planner.plan(step, goOn);
    const isUndo = step.state === 'undoing';
    let { rowsDone, attempts } = step;
    for (;;) {
      await goOn();
      const at = { id: step.id, state: step.state, rowsDone, attempts };
      const last = await (isUndo ? this.undoer.undoNext(at) : this.applier.applyNext(at));
      if (last === null) break;
      rowsDone = last;
      attempts = 0;
    }
    const changes = { state: isUndo ? ('undone' as const) : ('done' as const), rowsDone: step.rowsTotal ?? rowsDone };
    await this.store.endStep(step.id, step.state, changes);
  }

  private pauseAfter(error: unknown): void {
    if (error instanceof ImportInterruptedError) return;
    this.pausedUntil = performance.now() + PAUSE_MS;
    if (error instanceof SharedOutageError) {
      this.log.warn({ reason: error.message }, 'imports paused; retrying');
    } else {
      this.log.error({ err: error }, 'imports paused after an unexpected error; retrying');
    }
  }
}

/** Why a step waits for its next attempt, for admins. */
function reasonOf(error: unknown): string {
  if (error instanceof ClerkRequestError) return WAITING;
  const reason = isOwnError(error)
    ? (error as Error).message
    : 'An unexpected error occurred. See the log of user-sync.';
  return `The last attempt failed, and another one follows. ${reason}`;
}
