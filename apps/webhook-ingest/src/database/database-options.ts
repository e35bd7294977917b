import { type DatabaseOptions } from '@gatehouse/persistence';
import { ClerkMovementEntity } from './clerk-movement.entity';
import { ErasureEntity } from './erasure.entity';
import { EventBodyEntity } from './event-body.entity';
import { CreateLedger1790000000001 } from './migrations/1790000000001-create-ledger';
import { FindLostEvents1790000000002 } from './migrations/1790000000002-find-lost-events';
import { CreateRedrives1790000000003 } from './migrations/1790000000003-create-redrives';
import { DropBodies1790000000004 } from './migrations/1790000000004-drop-bodies';
import { NameSigningSecrets1790000000005 } from './migrations/1790000000005-name-signing-secrets';
import { FollowClerkMovements1790000000006 } from './migrations/1790000000006-follow-clerk-movements';
import { RedriveResentEvents1790000000007 } from './migrations/1790000000007-redrive-resent-events';
import { ContractServiceRights1790000000008 } from './migrations/1790000000008-contract-service-rights';
import { RedriveEntity } from './redrive.entity';
import { RejectedDeliveryEntity } from './rejected-delivery.entity';
import { WebhookEventEntity } from './webhook-event.entity';

const SERVICE_STATEMENT_TIMEOUT_MS = 5_000;
const MIGRATION_STATEMENT_TIMEOUT_MS = 600_000;

type Address = Pick<DatabaseOptions, 'url' | 'caFile'>;

/** Options for the service's connections to the ledger's database. */
export function serviceDatabase(address: Address & { readonly poolSize: number }): DatabaseOptions {
  return {
    ...address,
    applicationName: 'webhook-ingest',
    statementTimeoutMs: SERVICE_STATEMENT_TIMEOUT_MS,
    entities: [
      WebhookEventEntity,
      EventBodyEntity,
      RejectedDeliveryEntity,
      ClerkMovementEntity,
      RedriveEntity,
      ErasureEntity,
    ],
    migrations: [
      CreateLedger1790000000001,
      FindLostEvents1790000000002,
      CreateRedrives1790000000003,
      DropBodies1790000000004,
      NameSigningSecrets1790000000005,
      FollowClerkMovements1790000000006,
      RedriveResentEvents1790000000007,
      ContractServiceRights1790000000008,
    ],
  };
}

/** Options for the migration programs: few connections, and enough time for long statements. */
export function migrationDatabase(address: Address): DatabaseOptions {
  return {
    ...serviceDatabase({ ...address, poolSize: 2 }),
    applicationName: 'webhook-ingest-migrate',
    statementTimeoutMs: MIGRATION_STATEMENT_TIMEOUT_MS,
  };
}
