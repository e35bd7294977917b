import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { type Transaction, deleteRows, pruneIdempotencyKeys, tryLock } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { type UserDataConfig } from '../config';
import { WorkerDatabase } from '../database/worker-database';
import { CONFIG } from '../tokens';

const EVERY_MS = 60_000;
/** Maximum rows per transaction, so that a backlog neither holds locks for long nor exceeds the statement timeout. */
const MAX_ROWS = 10_000;
/** Key of the advisory lock of the replica that prunes: an arbitrary number, unique among our advisory locks. */
const LOCK = 7_202_615;

/** Retention of settled reservations. A commit is accepted for this time after the expiry. */
const RESERVATIONS_KEPT = '90 days';

/** Deletes one kind of row, at most `MAX_ROWS`; returns how many. */
type Deletion = (transaction: Transaction) => Promise<number>;

/** The outer condition is checked again on a row that a request has changed meanwhile, such as by a late commit. */
const batch =
  (table: string, key: string, condition: string, order: string): Deletion =>
  (transaction) =>
    deleteRows(
      transaction,
      `DELETE FROM ${table} WHERE (${key}) IN
         (SELECT ${key} FROM ${table} WHERE ${condition} ORDER BY ${order} LIMIT ${MAX_ROWS}) AND ${condition}`,
    );

/** Statements for the configured retention. `config.ts` guarantees whole numbers; 0 keeps rows for ever. */
function deletions({ quotaDays, auditDays }: UserDataConfig['retention']): Deletion[] {
  const before = (days: number) => `now() - interval '${days} days'`;
  const settled = `settled_at < now() - interval '${RESERVATIONS_KEPT}'`;
  return [
    (transaction) => pruneIdempotencyKeys(transaction, MAX_ROWS),
    batch('quota_reservations', 'user_id, id', settled, 'settled_at'),
    ...(quotaDays === 0
      ? []
      : [
          batch('quota_movements', 'user_id, kind, id', `at < ${before(quotaDays)}`, 'at'),
          batch('uploads', 'user_id, id', `created_at < ${before(quotaDays)}`, 'created_at'),
          // A balance outlives its reservations: they are settled within an hour after the month, and kept shorter.
          batch(
            'quota_periods',
            'user_id, kind, period',
            `period < (${before(quotaDays)} - interval '1 month')::date AND reserved = 0`,
            'period',
          ),
        ]),
    ...(auditDays === 0 ? [] : [batch('audit_log', 'id', `at < ${before(auditDays)}`, 'at')]),
  ];
}

/** Deletes expired rows and rows past their retention, once a minute, on one replica at a time. */
@Injectable()
export class Pruner extends PeriodicWorker {
  constructor(
    private readonly worker: WorkerDatabase,
    @Inject(CONFIG) private readonly config: Pick<UserDataConfig, 'retention'>,
    @Inject(LOGGER) private readonly log: Logger,
  ) {
    super({ everyMs: EVERY_MS, atStart: false });
  }

  /**
   * Deletes all such rows, until the service stops: 10 000 in each transaction. Nothing while another replica deletes.
   * One batch a minute would be fewer rows than busy users add.
   */
  async prune(): Promise<void> {
    for (const deletion of deletions(this.config.retention)) {
      for (let deleted = MAX_ROWS; deleted >= MAX_ROWS && !this.stopped;) {
        deleted = await this.worker.run(async (transaction) =>
          (await tryLock(transaction, LOCK)) ? deletion(transaction) : 0,
        );
      }
    }
  }

  protected override async run(): Promise<void> {
    try {
      await this.prune();
    } catch (error) {
      this.log.warn({ err: error }, 'deleting expired rows failed; retrying');
    }
  }
}
