import { readFileSync } from 'node:fs';
import { DataSource, type EntitySchema, type MixedList } from 'typeorm';
import { SteadyClient } from './steady-client';

type Class = new (...args: never[]) => object;

/** Address, limits and schema of a database. Times in milliseconds. */
export interface DatabaseOptions {
  readonly url: string;
  /** PEM file of the authority that signed the server's certificate. Setting it enables TLS. */
  readonly caFile?: string;
  readonly applicationName: string;
  readonly poolSize: number;
  readonly statementTimeoutMs: number;
  readonly entities: MixedList<Class | EntitySchema>;
  readonly migrations: MixedList<Class>;
}

const CONNECT_TIMEOUT_MS = 5_000;
const IDLE_TIMEOUT_MS = 30_000;

/**
 * Creates a TypeORM data source that is not connected yet. Every wait for the database has a time limit. The data
 * source never changes the schema by itself.
 */
export function createDataSource(options: DatabaseOptions): DataSource {
  return new DataSource({
    type: 'postgres',
    url: options.url,
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
    ...(options.caFile === undefined ? {} : { ssl: { ca: readFileSync(options.caFile, 'utf8') } }),
    extra: {
      Client: SteadyClient,
      statement_timeout: options.statementTimeoutMs,
      query_timeout: options.statementTimeoutMs + 1_000,
      idle_in_transaction_session_timeout: options.statementTimeoutMs * 2,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      keepAlive: true,
      // Lets `runStatements` send several statements in one round trip. Other queries are not affected.
      pipeline: true,
    },
  });
}
