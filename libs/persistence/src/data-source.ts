import { AuthorityFile, type Live, RotatingSecret, fixed } from '@gatehouse/config';
import { type Logger } from 'pino';
import { DataSource, type EntitySchema, type MixedList } from 'typeorm';
import { RotatingPool } from './rotating-pool';

type Class = new (...args: never[]) => object;

/** Address, limits and schema of a database. Times in milliseconds. */
export interface DatabaseOptions {
  /** May change while the service runs: see `RotatingPool`. */
  readonly url: string | Live<string>;
  /** Name of the variable with the URL, for messages; DATABASE_URL by default. */
  readonly variable?: string;
  /** PEM file of the authority that signed the server's certificate, read at each connection. Setting it enables TLS. */
  readonly caFile?: string;
  readonly applicationName: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  /**
   * Whether a connection pooler in transaction mode may stand between. The connections then set no session parameters,
   * which such a pooler rejects: each transaction sets its own timeouts.
   */
  readonly transactionPooled?: boolean;
  readonly entities: MixedList<Class | EntitySchema>;
  readonly migrations: MixedList<Class>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;
/**
 * Connections that stay open while idle. With them a service works on while the server has a new password and the
 * service does not have it yet.
 */
const KEPT_OPEN = 2;

/**
 * Creates a TypeORM data source that is not connected yet. Every wait for the database has a time limit. The data
 * source never changes the schema by itself.
 */
export function createDataSource(options: DatabaseOptions, logger?: Logger): DataSource {
  const url = typeof options.url === 'string' ? fixed(options.url) : options.url;
  return new DataSource({
    type: 'postgres',
    driver: { Pool: RotatingPool },
    url: url.current,
    applicationName: options.applicationName,
    entities: options.entities as MixedList<EntitySchema>,
    migrations: options.migrations as never,
    migrationsTableName: 'migrations',
    migrationsTransactionMode: 'each',
    synchronize: false,
    installExtensions: false,
    logging: false,
    poolSize: options.poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    extra: {
      logins: new RotatingSecret(url, isSameDatabase),
      ...(options.caFile === undefined ? {} : { authority: new AuthorityFile(options.caFile) }),
      logger,
      variable: options.variable ?? 'DATABASE_URL',
      min: KEPT_OPEN,
      ...(options.transactionPooled !== true && {
        statement_timeout: options.statementTimeoutMs,
        idle_in_transaction_session_timeout: options.statementTimeoutMs * 2,
      }),
      query_timeout: options.statementTimeoutMs + 1_000,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      // Lets `runStatements` send several statements in one round trip. Other queries are not affected.
      pipeline: true,
    },
  });
}

/** Whether the former URL leads to the same data, so that its login may be tried again. */
function isSameDatabase(former: string, changed: string): boolean {
  const [one, other] = [new URL(former), new URL(changed)];
  return one.host === other.host && one.pathname === other.pathname;
}
