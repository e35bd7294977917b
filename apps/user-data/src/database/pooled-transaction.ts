import { type LastStatement, type Transaction } from '@gatehouse/persistence';
import { type ClientBase } from 'pg';
import { type DataSource } from 'typeorm';
import { type PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver';
import { TransactionAbortedError } from '../errors';

/** A connection of the pool. */
type Client = Pick<ClientBase, 'query'>;

/**
 * Runs `work` in a transaction that begins with `opening`, and commits. A pooler in transaction mode may stand between:
 * every setting ends with the transaction, and statements have no names. `opening` is sent together with the first
 * statement of `work`, in one round trip. If it failed, that statement would fail too. The statements with which `work`
 * ends the transaction are sent together with COMMIT.
 * @param opening SQL without values: BEGIN and the settings of the transaction
 */
export async function runTransaction<Result>(
  dataSource: DataSource,
  opening: string,
  work: (transaction: Transaction) => Promise<Result>,
): Promise<Result> {
  return withClient(dataSource, async (client) => {
    const opened = client.query(opening);
    // Without a listener, a failure before the first statement of `work` ends the process.
    opened.catch(() => undefined);
    const last: LastStatement[] = [];
    let committing = false;
    try {
      const result = await work(transactionOn(client, last));
      await opened;
      committing = true;
      await commit(client, last);
      return result;
    } catch (error) {
      if (!committing) await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
  });
}

/**
 * Runs one statement in a transaction of its own, in one round trip, and returns its rows.
 * @param opening as in {@link runTransaction}
 */
export async function runStatement<Row extends object>(
  dataSource: DataSource,
  opening: string,
  text: string,
  values: readonly unknown[],
): Promise<Row[]> {
  return withClient(dataSource, async (client) => {
    const sent = [client.query(opening), client.query<Row>(text, [...values]), client.query('COMMIT')] as const;
    // Waits for all of them, so that the connection is idle when it returns to the pool.
    const [opened, answered, committed] = await Promise.allSettled(sent);
    if (opened.status === 'rejected') throw opened.reason;
    if (answered.status === 'rejected') throw answered.reason;
    if (committed.status === 'rejected') throw committed.reason;
    requireCommit(committed.value);
    return answered.value.rows;
  });
}

/**
 * Runs statements without BEGIN as one message of the simple query protocol, and returns the rows of the last one.
 * PostgreSQL runs them in one transaction, commits it at the end, and reports an error of the commit like one of a
 * statement. For a read, that takes it and the client a quarter less than {@link runStatement}, which sends three messages.
 */
export async function runMessage<Row extends object>(client: Client, message: string): Promise<Row[]> {
  const results = (await client.query<Row>(message)) as unknown as readonly { readonly rows: Row[] }[];
  return results.at(-1)?.rows ?? [];
}

/** Takes a connection from the pool for `work`. A query runner of TypeORM would create five objects for it. */
export async function withClient<Result>(
  { driver }: DataSource,
  work: (client: Client) => Promise<Result>,
): Promise<Result> {
  const [client, release] = (await (driver as PostgresDriver).obtainMasterConnection()) as [Client, () => void];
  try {
    return await work(client);
  } finally {
    release();
  }
}

/** Sends the last statements and COMMIT together. Throws the first error, after all have ended. */
async function commit(client: Client, last: readonly LastStatement[]): Promise<void> {
  const statements = last.map(({ text, values, refused }) =>
    client.query(text, [...values]).catch((error: unknown) => {
      throw refused(error);
    }),
  );
  const committed = client.query('COMMIT').then(requireCommit);
  for (const outcome of await Promise.allSettled([...statements, committed])) {
    if (outcome.status === 'rejected') throw outcome.reason;
  }
}

function transactionOn(client: Client, last: LastStatement[]): Transaction {
  return {
    endWith: (statement) => void last.push(statement),
    query: async <Row extends object>(text: string, values: readonly unknown[] = []) =>
      (await client.query<Row>(text, [...values])).rows,
  };
}

/** PostgreSQL answers the COMMIT of a failed transaction with success, and says in the tag that it rolled back. */
function requireCommit({ command }: { readonly command: string }): void {
  if (command !== 'COMMIT') throw new TransactionAbortedError();
}
