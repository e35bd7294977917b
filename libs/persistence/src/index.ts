export { keyLock } from './advisory-lock';
export { createDataSource, type DatabaseOptions } from './data-source';
export { DatabaseUnreachableError, isDatabaseAway, isTransactionConflict, isUniqueViolation, sqlState } from './errors';
export { runMigrations, schemaDifferences } from './migrate';
export { PersistenceModule } from './persistence.module';
export { type Statement, runStatements, write, writeRows } from './statement';
