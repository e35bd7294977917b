import { eventually } from '@gatehouse/testing';
import { type DataSource } from 'typeorm';

const STATEMENTS = 50;

/** Runs statements all the time, a given number at once, and keeps the errors. */
export class StatementLoad {
  private readonly workers: Promise<void>[] = [];
  private readonly failures: unknown[] = [];
  private completed = 0;
  private stopped = false;

  constructor(private readonly dataSource: DataSource) {}

  /** Adds workers until this many run, and resolves when statements have completed since. */
  async runs(workers: number): Promise<void> {
    while (this.workers.length < workers) this.workers.push(this.work());
    const enough = this.completed + STATEMENTS;
    await eventually(() => this.completed >= enough);
  }

  /** Ends the load; returns the errors of all statements. */
  async stop(): Promise<readonly unknown[]> {
    this.stopped = true;
    await Promise.all(this.workers);
    return this.failures;
  }

  private async work(): Promise<void> {
    while (!this.stopped) {
      try {
        await this.dataSource.query('SELECT pg_sleep(0.005)');
      } catch (error) {
        this.failures.push(error);
      }
      this.completed += 1;
    }
  }
}
