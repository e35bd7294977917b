export { keyLock } from './advisory-lock';
export { connectDatabase } from './connect';
export { createDataSource, type DatabaseOptions } from './data-source';
export { runMigrations, schemaDifferences } from './migrate';
export { PersistenceModule } from './persistence.module';
export { databaseReadiness } from './readiness';
export { repeatOnConflict } from './repeat-on-conflict';
export { requireSchema } from './schema';
export {
  SQL_STATE,
  isDatabaseUnavailable,
  isQueryCanceled,
  isTransactionConflict,
  isUniqueViolation,
  sqlState,
} from './sql-state';
export { type Statement, runStatements, write, writeRows } from './statement';
export { isStorable, storableText } from './storable-text';
