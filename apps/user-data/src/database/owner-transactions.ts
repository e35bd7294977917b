import { failpoint } from '@gatehouse/observability';
import { awaitAnswer, repeatOnConflict, type Transaction } from '@gatehouse/persistence';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { UserIdInvalidError } from '../errors';
import { STATEMENT_TIMEOUT_MS } from './database-options';
import { guardDatabase } from './guard-database';
import { inlineValues } from './inline-values';
import { OwnerTurns } from './owner-turns';
import { runMessage, runStatement, runTransaction, withClient } from './pooled-transaction';
import { USER_SETTING } from './row-security';
import { SharedReads } from './shared-reads';
import { statementTimeout, timeoutSettings } from './timeouts';

const UUID = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/;

/**
 * One user has at most one in so many of the connections for changes, and as many for {@link OwnerTransactions.select}.
 */
const POOL_SHARE = 4;

/**
 * Transactions in the name of one user. Row-level security restricts every statement to the rows of that user, so that
 * a forgotten condition shows nothing of others. The only way to the database for requests about a user's data.
 */
@Injectable()
export class OwnerTransactions {
  private readonly shared: SharedReads;
  private readonly changes: OwnerTurns;
  /** Apart from those of changes, so that a read does not wait while the changes of its user wait for each other. */
  private readonly selections: OwnerTurns;

  constructor(private readonly dataSource: DataSource) {
    this.shared = new SharedReads(dataSource);
    const share = Math.max(1, Math.floor((dataSource.options.poolSize ?? 0) / POOL_SHARE));
    this.changes = new OwnerTurns(share);
    this.selections = new OwnerTurns(share);
  }

  /**
   * Runs `work` in a transaction. Repeats it after a deadlock or a serialization failure, and while the first request with
   * the same idempotency key is in progress, so `work` must have no effect
   * outside of the transaction. The first statement is sent together with the beginning of the transaction.
   * @throws RequestRefusedError `unavailable` while the database is unavailable; it is then unknown whether the
   * transaction was committed
   */
  async run<Result>(userId: string, work: (transaction: Transaction) => Promise<Result>): Promise<Result> {
    const opening = openingFor(userId);
    const marked = async (transaction: Transaction): Promise<Result> => {
      failpoint('after-owner-begin');
      const result = await work(transaction);
      failpoint('before-owner-commit');
      return result;
    };
    const result = await guardDatabase(() =>
      awaitAnswer(userId, () =>
        this.changes.run(userId, () => repeatOnConflict(() => runTransaction(this.dataSource, opening, marked))),
      ),
    );
    failpoint('after-owner-commit');
    return result;
  }

  /**
   * Runs one statement in a transaction of its own, in one round trip, and returns its rows.
   * @throws RequestRefusedError as {@link run}
   */
  query<Row extends object>(userId: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.single(this.changes, userId, text, values);
  }

  /** {@link query} for a statement that changes and locks nothing. */
  select<Row extends object>(userId: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    return this.single(this.selections, userId, text, values);
  }

  /**
   * {@link select} for a statement that finds a few rows by key. It shares its connection with other reads, each in a
   * transaction of its own. It takes no turn: it holds the connection for less time than a change of turns would take.
   */
  read<Row extends object>(userId: string, text: string, values: readonly unknown[] = []): Promise<Row[]> {
    const message = messageFor(userId, text, values);
    if (message === undefined) return this.select(userId, text, values);
    return guarded(() => this.shared.read<Row>(message));
  }

  private single<Row extends object>(
    turns: OwnerTurns,
    userId: string,
    text: string,
    values: readonly unknown[],
  ): Promise<Row[]> {
    const message = messageFor(userId, text, values);
    const opening = openingFor(userId);
    return guarded(() =>
      turns.run(userId, () =>
        message === undefined
          ? runStatement<Row>(this.dataSource, opening, text, values)
          : withClient(this.dataSource, (client) => runMessage<Row>(client, message)),
      ),
    );
  }
}

function guarded<Result>(work: () => Promise<Result>): Promise<Result> {
  return guardDatabase(() => repeatOnConflict(work));
}

/** SQL that begins a transaction in the name of a user. */
function openingFor(userId: string): string {
  return `BEGIN; ${actAs(userId)}; ${timeouts}`;
}

/** SQL that runs a statement in the name of a user as one message; undefined if one of its values must stay apart. */
function messageFor(userId: string, text: string, values: readonly unknown[]): string | undefined {
  const inlined = inlineValues(text, values);
  return inlined === undefined ? undefined : `${actAs(userId)}; ${statementLimit}; ${inlined}`;
}

/** Contains the id, which is therefore checked again. */
function actAs(userId: string): string {
  if (!UUID.test(userId)) throw new UserIdInvalidError();
  return `SET LOCAL ${USER_SETTING} = '${userId}'`;
}

const timeouts = timeoutSettings(STATEMENT_TIMEOUT_MS.service);
const statementLimit = statementTimeout(STATEMENT_TIMEOUT_MS.service);
