import { type DatabaseOptions, IdempotencyKeyEntity } from '@gatehouse/persistence';
import { type DatabaseAddress } from '@gatehouse/config';
import { StreamEpochEntity, StreamOutboxEntity } from '@gatehouse/relay';
import { AdminPromiseEntity } from './admin-promise.entity';
import { ApiKeyEntity } from './api-key.entity';
import { AppliedEventEntity } from './applied-event.entity';
import { AuditEntryEntity } from './audit-entry.entity';
import { TrustChangeCounterEntity, TrustChangeEntity } from './trust-change.entity';
import { ClerkBudgetEntity } from './clerk-budget.entity';
import { ClerkSignOutEntity } from './clerk-sign-out.entity';
import { ClerkTombstoneEntity } from './clerk-tombstone.entity';
import { GatewayLeaseEntity } from './gateway-lease.entity';
import { LegacySessionEntity } from './legacy-session.entity';
import { CreateUsers1790000000000 } from './migrations/1790000000000-create-users';
import { CreateTrust1790000100000 } from './migrations/1790000100000-create-trust';
import { CreateConvergence1790000200000 } from './migrations/1790000200000-create-convergence';
import { CreateSignedOutSessions1790000300000 } from './migrations/1790000300000-create-signed-out-sessions';
import { CreateWriteBacks1790000400000 } from './migrations/1790000400000-create-write-backs';
import { OrderAppliedEvents1790000500000 } from './migrations/1790000500000-order-applied-events';
import { LetGoOfTheOld1790000610000 } from './migrations/1790000610000-let-go-of-the-old';
import { IndexAppliedEventsByTime1790000620000 } from './migrations/1790000620000-index-applied-events-by-time';
import { IndexAuditLogByCredential1790000630000 } from './migrations/1790000630000-index-audit-log-by-credential';
import { CheckConflictsAgain1790000640000 } from './migrations/1790000640000-check-conflicts-again';
import { AddDeprovisionedAndLockoutEnd1790000710000 } from './migrations/1790000710000-add-deprovisioned-and-lockout-end';
import { CreateMetadataCollisions1790000720000 } from './migrations/1790000720000-create-metadata-collisions';
import { CreateIdempotencyKeys1790000763000 } from './migrations/1790000763000-create-idempotency-keys';
import { CountUserVersions1790000764000 } from './migrations/1790000764000-count-user-versions';
import { IndexReferredUsers1790000764010 } from './migrations/1790000764010-index-referred-users';
import { MetadataCollisionEntity } from './metadata-collision.entity';
import { CreateAdminPromises1790000740000 } from './migrations/1790000740000-create-admin-promises';
import { DateAuditEntries1790000740010 } from './migrations/1790000740010-date-audit-entries';
import { AnswerRepeatedExchanges1790000750000 } from './migrations/1790000750000-answer-repeated-exchanges';
import { CreateClerkSignOuts1790000765000 } from './migrations/1790000765000-create-clerk-sign-outs';
import { IndexUsersForSearch1790000766010 } from './migrations/1790000766010-index-users-for-search';
import { ContractStripeCustomers1790000766020 } from './migrations/1790000766020-contract-stripe-customers';
import { CreateUserStream1790000770000 } from './migrations/1790000770000-create-user-stream';
import { DateUserChanges1790000772000 } from './migrations/1790000772000-date-user-changes';
import { IndexUsersByChange1790000772010 } from './migrations/1790000772010-index-users-by-change';
import { CreateUserImports1790000781000 } from './migrations/1790000781000-create-user-imports';
import { ContractExternalIds1790000781010 } from './migrations/1790000781010-contract-external-ids';
import { MarkRepeatableAudit1790000784000 } from './migrations/1790000784000-mark-repeatable-audit';
import { ContractRepeatedAudit1790000784010 } from './migrations/1790000784010-contract-repeated-audit';
import { ContractUsageColumns1790000790000 } from './migrations/1790000790000-contract-usage-columns';
import { NoteServerRun1790000791100 } from './migrations/1790000791100-note-server-run';
import { RetryUserImports1790000791200 } from './migrations/1790000791200-retry-user-imports';
import { PasswordTokenEntity } from './password-token.entity';
import { PendingRedactionEntity } from './pending-redaction.entity';
import { ReconcileRunEntity } from './reconcile-run.entity';
import { ReconcileSightingEntity } from './reconcile-sighting.entity';
import { SignedOutSessionEntity } from './signed-out-session.entity';
import { SuspectedAbsenceEntity } from './suspected-absence.entity';
import { UsedExchangeTokenEntity } from './used-exchange-token.entity';
import { UserImportChunkEntity } from './user-import-chunk.entity';
import { UserImportKeyEntity } from './user-import-key.entity';
import { UserImportRowEntity } from './user-import-row.entity';
import { UserImportEntity } from './user-import.entity';
import { UserConflictEntity } from './user-conflict.entity';
import { UserEntity } from './user.entity';
import { WriteBackEntity } from './write-back.entity';

/** Statement timeouts; milliseconds. */
const STATEMENT_TIMEOUT_MS = { service: 10_000, migration: 600_000 };

const schema = {
  entities: [
    UserEntity,
    ClerkTombstoneEntity,
    AppliedEventEntity,
    ApiKeyEntity,
    PasswordTokenEntity,
    LegacySessionEntity,
    UsedExchangeTokenEntity,
    SignedOutSessionEntity,
    ClerkSignOutEntity,
    TrustChangeEntity,
    TrustChangeCounterEntity,
    GatewayLeaseEntity,
    AuditEntryEntity,
    UserConflictEntity,
    SuspectedAbsenceEntity,
    PendingRedactionEntity,
    ReconcileRunEntity,
    ReconcileSightingEntity,
    WriteBackEntity,
    MetadataCollisionEntity,
    ClerkBudgetEntity,
    AdminPromiseEntity,
    UserImportEntity,
    UserImportChunkEntity,
    UserImportKeyEntity,
    UserImportRowEntity,
    IdempotencyKeyEntity,
    StreamOutboxEntity,
    StreamEpochEntity,
  ],
  migrations: [
    CreateUsers1790000000000,
    CreateTrust1790000100000,
    CreateConvergence1790000200000,
    CreateSignedOutSessions1790000300000,
    CreateWriteBacks1790000400000,
    OrderAppliedEvents1790000500000,
    LetGoOfTheOld1790000610000,
    IndexAppliedEventsByTime1790000620000,
    IndexAuditLogByCredential1790000630000,
    CheckConflictsAgain1790000640000,
    AddDeprovisionedAndLockoutEnd1790000710000,
    CreateMetadataCollisions1790000720000,
    CreateAdminPromises1790000740000,
    DateAuditEntries1790000740010,
    AnswerRepeatedExchanges1790000750000,
    CreateIdempotencyKeys1790000763000,
    CountUserVersions1790000764000,
    IndexReferredUsers1790000764010,
    CreateClerkSignOuts1790000765000,
    IndexUsersForSearch1790000766010,
    ContractStripeCustomers1790000766020,
    CreateUserStream1790000770000,
    DateUserChanges1790000772000,
    IndexUsersByChange1790000772010,
    CreateUserImports1790000781000,
    ContractExternalIds1790000781010,
    MarkRepeatableAudit1790000784000,
    ContractRepeatedAudit1790000784010,
    ContractUsageColumns1790000790000,
    NoteServerRun1790000791100,
    RetryUserImports1790000791200,
  ],
};

/** Options of the service's connections to the users database. */
export function serviceDatabase(
  address: Pick<DatabaseOptions, 'url' | 'caFile'> & { readonly poolSize: number },
): DatabaseOptions {
  return { ...address, ...schema, applicationName: 'user-sync', statementTimeoutMs: STATEMENT_TIMEOUT_MS.service };
}

/** Options of the migrations' connections to the users database. */
export function migrationDatabase(address: DatabaseAddress): DatabaseOptions {
  return {
    ...address,
    ...schema,
    applicationName: 'user-sync-migrate',
    // One connection holds the advisory lock that excludes concurrent migrations; the other migrates.
    poolSize: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS.migration,
  };
}
