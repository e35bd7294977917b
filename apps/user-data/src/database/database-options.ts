import { type DatabaseAddress } from '@gatehouse/config';
import { type DatabaseOptions, IdempotencyKeyEntity } from '@gatehouse/persistence';
import { StreamEpochEntity, StreamOutboxEntity } from '@gatehouse/relay';
import { AuditEntryEntity } from './audit-entry.entity';
import { LimitOverrideEntity } from './limit-override.entity';
import { CreateAuditLog1790100000000 } from './migrations/1790100000000-create-audit-log';
import { CreateResources1790100010000 } from './migrations/1790100010000-create-resources';
import { CreateQuotas1790100020000 } from './migrations/1790100020000-create-quotas';
import { CreateQuotaFunctions1790100020010 } from './migrations/1790100020010-create-quota-functions';
import { LetWorkerAudit1790100020020 } from './migrations/1790100020020-let-worker-audit';
import { CreateIdempotencyKeys1790100030000 } from './migrations/1790100030000-create-idempotency-keys';
import { CreateResourceChanges1790100040000 } from './migrations/1790100040000-create-resource-changes';
import { CreateUserErasures1790100040010 } from './migrations/1790100040010-create-user-erasures';
import { MarkRepeatableAudit1790100050000 } from './migrations/1790100050000-mark-repeatable-audit';
import { ContractRepeatedAudit1790100050010 } from './migrations/1790100050010-contract-repeated-audit';
import { CreateQuotaChanges1790100060000 } from './migrations/1790100060000-create-quota-changes';
import { QuotaMovementEntity } from './quota-movement.entity';
import { QuotaOutboxEntity } from './quota-outbox.entity';
import { QuotaPeriodEntity } from './quota-period.entity';
import { QuotaReservationEntity } from './quota-reservation.entity';
import { QuotaTombstoneEntity } from './quota-tombstone.entity';
import { ResourceTombstoneEntity } from './resource-tombstone.entity';
import { UploadEntity, UploadTotalEntity } from './upload.entity';
import { UserErasureEntity } from './user-erasure.entity';
import { ResourceCountEntity } from './resource-tables/resource-count.entity';
import { resourceEntity } from './resource-tables/resource-entity';
import { resourceTables } from './resource-tables/resource-tables';

/** Statement timeouts; milliseconds. */
export const STATEMENT_TIMEOUT_MS = { service: 5_000, worker: 10_000, migration: 600_000 };

const schema = {
  entities: [
    AuditEntryEntity,
    ResourceCountEntity,
    ...resourceTables.map(resourceEntity),
    LimitOverrideEntity,
    QuotaPeriodEntity,
    QuotaReservationEntity,
    QuotaMovementEntity,
    UploadEntity,
    UploadTotalEntity,
    IdempotencyKeyEntity,
    StreamEpochEntity,
    StreamOutboxEntity,
    QuotaOutboxEntity,
    ResourceTombstoneEntity,
    QuotaTombstoneEntity,
    UserErasureEntity,
  ],
  migrations: [
    CreateAuditLog1790100000000,
    CreateResources1790100010000,
    CreateQuotas1790100020000,
    CreateQuotaFunctions1790100020010,
    LetWorkerAudit1790100020020,
    CreateIdempotencyKeys1790100030000,
    CreateResourceChanges1790100040000,
    CreateUserErasures1790100040010,
    MarkRepeatableAudit1790100050000,
    ContractRepeatedAudit1790100050010,
    CreateQuotaChanges1790100060000,
  ],
};

type Address = Pick<DatabaseOptions, 'url' | 'caFile'>;

/** Options of the connections for statements in the name of one user. */
export function serviceDatabase(address: Address & { readonly poolSize: number }): DatabaseOptions {
  return {
    ...address,
    ...schema,
    applicationName: 'user-data',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS.service,
    transactionPooled: true,
  };
}

/** Options of the worker's connections, for statements that cross users. */
export function workerDatabase(address: Address & { readonly poolSize: number }): DatabaseOptions {
  return {
    ...address,
    ...schema,
    variable: 'WORKER_DATABASE_URL',
    applicationName: 'user-data-worker',
    statementTimeoutMs: STATEMENT_TIMEOUT_MS.worker,
    transactionPooled: true,
  };
}

/** Options of the migrations' connections. They connect to PostgreSQL directly: a migration holds an advisory lock. */
export function migrationDatabase(address: DatabaseAddress): DatabaseOptions {
  return {
    ...address,
    ...schema,
    applicationName: 'user-data-migrate',
    // One connection holds the advisory lock that excludes concurrent migrations; the other migrates.
    poolSize: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS.migration,
  };
}
