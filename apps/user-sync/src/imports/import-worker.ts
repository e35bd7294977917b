import { SharedOutageError } from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type UserImportEntity } from '../database/user-import.entity';
import { ClerkRequestError, ImportInterruptedError } from '../errors';
import { LeaderLock } from '../reconcile/leader-lock';
import { ImportApplier } from './apply-rows/apply-import';
import { ImportStore } from './import-store';
import { ImportPlanner } from './plan-rows/plan-import';
import { ImportUndoer } from './undo-rows/undo-import';

const TICK_MS = 1_000;
/** Pause after a step failed. Nothing is lost: all progress is in the database. */
const PAUSE_MS = 5_000;
/** Message of an import whose planning needs Clerk. */
const WAITING = 'Clerk does not answer requests for external ids. Planning continues when it does.';
/** Key of the advisory lock of the replica that works on imports. Arbitrary; unique among our advisory locks. */
const LOCK = 7_202_617;

/**
 * Plans, applies and undoes imports, one at a time over all replicas, in the order in which they were queued. A crash
 * loses at most one batch of rows, which is then done again.
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
        if (error instanceof ClerkRequestError) await this.store.endStep(id, state, { message: WAITING });
        // An admin may have discarded or undone the import. The next step may be of another one.
        if (!(error instanceof ImportInterruptedError) || this.stopped) throw error;
      }
    }
  }

  private async carryOut(step: UserImportEntity, goOn: () => Promise<void>): Promise<void> {
    if (step.state === 'planning') return this.planner.plan(step, goOn);
    const isUndo = step.state === 'undoing';
    let { rowsDone } = step;
    for (;;) {
      await goOn();
      const at = { id: step.id, state: step.state, rowsDone };
      const last = await (isUndo ? this.undoer.undoNext(at) : this.applier.applyNext(at));
      if (last === null) break;
      rowsDone = last;
    }
    const changes = { state: isUndo ? ('undone' as const) : ('done' as const), rowsDone: step.rowsTotal ?? rowsDone };
    await this.store.endStep(step.id, step.state, changes);
  }

  private pauseAfter(error: unknown): void {
    if (error instanceof ImportInterruptedError) return;
    const retryAfterMs = error instanceof ClerkRequestError ? error.answer.retryAfterMs : undefined;
    this.pausedUntil = performance.now() + Math.max(retryAfterMs ?? 0, PAUSE_MS);
    if (error instanceof SharedOutageError || error instanceof ClerkRequestError) {
      this.log.warn({ reason: error.message }, 'import paused; retrying');
    } else {
      this.log.error({ err: error }, 'import paused after an unexpected error; retrying');
    }
  }
}
