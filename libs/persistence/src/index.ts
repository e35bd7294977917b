export { keyLock } from './advisory-lock';
export { connectDatabase } from './connect';
export { createDataSource, type DatabaseOptions } from './data-source';
export {
  DatabaseUnreachableError,
  DatabaseUnusableError,
  isDatabaseAway,
  isTransactionConflict,
  isUniqueViolation,
  sqlState,
} from './errors';
export { runMigrations, schemaDifferences } from './migrate';
export { PersistenceModule } from './persistence.module';
export { databaseReadiness } from './readiness';
export { requireSchema } from './schema';
export { type Statement, runStatements, write, writeRows } from './statement';
