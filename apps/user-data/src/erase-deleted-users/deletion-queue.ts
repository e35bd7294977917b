import { type Deletion } from './pending-erasures';

/**
 * Records deletions together: those that arrive while one statement runs share the next. A start reads every tombstone
 * that the stream holds, and one statement for each would take long.
 */
export class DeletionQueue {
  private waiting: Deletion[] = [];
  private next: Promise<void> | undefined;
  private running: Promise<unknown> = Promise.resolve();

  /** @param record records deletions of different users */
  constructor(private readonly record: (deletions: readonly Deletion[]) => Promise<void>) {}

  /** Resolves when the deletion is recorded; rejects when the statement failed, so that the caller tries again. */
  add(deletion: Deletion): Promise<void> {
    this.waiting.push(deletion);
    this.next ??= this.flush();
    return this.next;
  }

  private async flush(): Promise<void> {
    await this.running;
    const batch = this.waiting;
    this.waiting = [];
    this.next = undefined;
    const recording = this.record(batch);
    this.running = recording.catch(() => undefined);
    await recording;
  }
}
