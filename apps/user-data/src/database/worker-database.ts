import { type Transaction, repeatOnConflict } from '@gatehouse/persistence';
import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { type DataSource } from 'typeorm';
import { WORKER_DATA_SOURCE } from '../tokens';
import { STATEMENT_TIMEOUT_MS } from './database-options';
import { guardDatabase } from './guard-database';
import { runTransaction } from './pooled-transaction';
import { timeoutSettings } from './timeouts';

const opening = `BEGIN; ${timeoutSettings(STATEMENT_TIMEOUT_MS.worker)}`;

/**
 * Transactions that cross users, with the login of the worker. Its grants and policies allow exactly the statements of
 * its tasks.
 */
@Injectable()
export class WorkerDatabase implements OnApplicationShutdown {
  constructor(@Inject(WORKER_DATA_SOURCE) private readonly dataSource: DataSource) {}

  /**
   * Runs `work` in a transaction. Repeats it after a deadlock, so `work` must have no effect outside of the transaction.
   * @throws RequestRefusedError `unavailable` while the database is unavailable
   */
  run<Result>(work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    return guardDatabase(() => repeatOnConflict(() => runTransaction(this.dataSource, opening, work)));
  }

  async onApplicationShutdown(): Promise<void> {
    if (this.dataSource.isInitialized) await this.dataSource.destroy();
  }
}
