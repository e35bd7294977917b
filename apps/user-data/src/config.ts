import { type KeyObject } from 'node:crypto';
import { createEnvelopeVerifier, type EnvelopeVerifier } from '@gatehouse/auth';
import {
  addressVariables,
  commaSeparated,
  commonVariables,
  databaseAddress,
  databaseVariables,
  daysOrEver,
  natsAddress,
  nearMisses,
  parseEnvironment,
  parseLiveEnvironment,
  pem,
  port,
  postgresUrl,
  usable,
  variableNamesOf,
  wholeNumber,
  type DatabaseAddress,
  type Live,
  type NatsAddress,
  type NearMiss,
  type SecretFiles,
} from '@gatehouse/config';
import { services } from '@gatehouse/contracts';
import { type Failpoint, parseFailpoints } from '@gatehouse/observability';
import { z } from 'zod';
import { cursorSecrets } from './resources/cursor-secrets';

const variables = z.object({
  ...commonVariables,
  ...databaseVariables,
  WORKER_DATABASE_URL: postgresUrl,
  CURSOR_SECRET: commaSeparated.transform(
    usable(cursorSecrets, 'is neither one secret of 32 bytes or more nor two, comma-separated'),
  ),
  OPS_PORT: port.default(services['user-data'].opsPort),
  ENVELOPE_PUBLIC_KEYS: pem.transform(
    usable((keys: string) => createEnvelopeVerifier(keys), 'is neither one Ed25519 public key nor two'),
  ),
  QUOTA_RETENTION_DAYS: daysOrEver(100).default(400),
  AUDIT_RETENTION_DAYS: daysOrEver(90).default(400),
  DELETED_USER_RETENTION_DAYS: daysOrEver(2).default(2),
  DATA_STREAM_REFILL_INTERVAL_MS: wholeNumber.max(2_147_483_647).default(24 * 60 * 60_000),
  FAILPOINTS: z.string().transform(parseFailpoints).default([]),
});

const workerAddressVariables = variables.pick({ WORKER_DATABASE_URL: true, DATABASE_CA_FILE: true });

/** Every variable that user-data reads. */
export const variableNames: readonly string[] = variableNamesOf(variables);

/** Expiry, retention, erasure, audit log and relay share these connections. */
const WORKER_POOL_SIZE = 4;

/** Configuration of user-data. */
export interface UserDataConfig {
  readonly host: string;
  readonly opsPort: number;
  readonly logLevel: string;
  readonly database: {
    /** The login for statements in the name of one user. */
    readonly address: Live<DatabaseAddress>;
    readonly poolSize: number;
    /** The login for statements that cross users. */
    readonly workerAddress: Live<DatabaseAddress>;
    readonly workerPoolSize: number;
  };
  readonly nats: Live<NatsAddress>;
  /** Verifies that the gateway sent a request. */
  readonly verifyEnvelope: Live<EnvelopeVerifier>;
  /** Retention in days; 0 is for ever. */
  readonly retention: { readonly quotaDays: number; readonly auditDays: number; readonly deletedUserDays: number };
  /**
   * Time from the end of one refill of the stream of data changes to the start of the next, in milliseconds; 0 schedules
   * none. A refill publishes every resource again and removes replaced messages from NATS's disk.
   */
  readonly dataStreamRefillMs: number;
  /** Sign the cursors of lists: the first signs, all verify. */
  readonly cursorSecrets: Live<readonly KeyObject[]>;
  /** Points at which the service kills itself; for crash tests only. */
  readonly failpoints: readonly Failpoint[];
  readonly secretFiles: SecretFiles;
}

/** Variables that are set but not read, and whose names are close to ones that are. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** Reads the configuration from the environment. @throws ConfigError that names every invalid variable */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): UserDataConfig {
  const { values: v, live, secretFiles } = parseLiveEnvironment(variables, environment);
  return {
    host: v.HOST,
    opsPort: v.OPS_PORT,
    logLevel: v.LOG_LEVEL,
    database: {
      address: live(databaseAddress, 'DATABASE_URL'),
      poolSize: v.DATABASE_POOL_SIZE,
      workerAddress: live(
        (env) => databaseAddress({ ...env, DATABASE_URL: env.WORKER_DATABASE_URL }),
        'WORKER_DATABASE_URL',
      ),
      workerPoolSize: WORKER_POOL_SIZE,
    },
    nats: live(natsAddress, 'NATS_PASSWORD'),
    verifyEnvelope: live((env) => env.ENVELOPE_PUBLIC_KEYS, 'ENVELOPE_PUBLIC_KEYS'),
    retention: {
      quotaDays: v.QUOTA_RETENTION_DAYS,
      auditDays: v.AUDIT_RETENTION_DAYS,
      deletedUserDays: v.DELETED_USER_RETENTION_DAYS,
    },
    dataStreamRefillMs: v.DATA_STREAM_REFILL_INTERVAL_MS,
    cursorSecrets: live((env) => env.CURSOR_SECRET, 'CURSOR_SECRET'),
    failpoints: v.FAILPOINTS,
    secretFiles,
  };
}

/**
 * Reads how `migrate` and `check-migrations` connect to the database, as its owner.
 * @throws ConfigError
 */
export function loadDatabaseConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseAddress {
  return databaseAddress(parseEnvironment(z.object(addressVariables), environment));
}

/**
 * Reads how `after-restore` connects to the database, with the worker's login.
 * @throws ConfigError
 */
export function loadWorkerDatabaseConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseAddress {
  const { WORKER_DATABASE_URL, DATABASE_CA_FILE } = parseEnvironment(workerAddressVariables, environment);
  return databaseAddress({ DATABASE_URL: WORKER_DATABASE_URL, DATABASE_CA_FILE });
}
