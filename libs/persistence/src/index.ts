export { keyLock, tryLock } from './advisory-lock';
export { connectDatabase } from './connect';
export { createDataSource, type DatabaseOptions } from './data-source';
export { IdempotencyRefusedError } from './errors';
export { answerOnce, type AnswerSeal } from './idempotency/answer-once';
export { awaitAnswer } from './idempotency/await-answer';
export { IdempotencyKeyEntity } from './idempotency/idempotency-key.entity';
export { createIdempotencyKeys } from './idempotency/idempotency-table';
export { pruneIdempotencyKeys } from './idempotency/prune-idempotency-keys';
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
  violatedConstraint,
} from './sql-state';
export { type Statement, runStatements, write, writeRows } from './statement';
export { deleteRows } from './delete-rows';
export { transactionOf, type LastStatement, type Transaction } from './transaction';
export { withDatabase } from './with-database';
export { isStorable, storableText } from './storable-text';
