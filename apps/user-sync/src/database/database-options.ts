import { type DatabaseOptions } from '@gatehouse/persistence';
import { type DatabaseAddress } from '@gatehouse/config';
import { AdminPromiseEntity } from './admin-promise.entity';
import { ApiKeyEntity } from './api-key.entity';
import { AppliedEventEntity } from './applied-event.entity';
import { AuditEntryEntity } from './audit-entry.entity';
import { TrustChangeCounterEntity, TrustChangeEntity } from './trust-change.entity';
import { ClerkBudgetEntity } from './clerk-budget.entity';
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
import { MetadataCollisionEntity } from './metadata-collision.entity';
import { CreateAdminPromises1790000740000 } from './migrations/1790000740000-create-admin-promises';
import { DateAuditEntries1790000740010 } from './migrations/1790000740010-date-audit-entries';
import { AnswerRepeatedExchanges1790000750000 } from './migrations/1790000750000-answer-repeated-exchanges';
import { PasswordTokenEntity } from './password-token.entity';
import { PendingRedactionEntity } from './pending-redaction.entity';
import { ReconcileRunEntity } from './reconcile-run.entity';
import { ReconcileSightingEntity } from './reconcile-sighting.entity';
import { SignedOutSessionEntity } from './signed-out-session.entity';
import { SuspectedAbsenceEntity } from './suspected-absence.entity';
import { UsedExchangeTokenEntity } from './used-exchange-token.entity';
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
