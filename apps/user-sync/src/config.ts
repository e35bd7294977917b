import { type ApiKeyEnvironment, apiKeyEnvironments, createEnvelopeVerifier } from '@gatehouse/auth';
import {
  type DatabaseAddress,
  type NatsAddress,
  type NearMiss,
  ackWait,
  clerkInstanceId,
  commaSeparated,
  commonVariables,
  databaseAddress,
  databaseVariables,
  httpUrl,
  natsAddress,
  nearMisses,
  parseEnvironment,
  pem,
  port,
  retryVariables,
  streamReplicas,
  wholeNumber,
  withRetryInOrder,
} from '@gatehouse/config';
import { roles, services } from '@gatehouse/contracts';
import { type RetrySchedule, defaultRetrySchedule } from '@gatehouse/lifecycle';
import { type Failpoint, parseFailpoints } from '@gatehouse/observability';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { type MetadataRules } from './clerk-user/company-metadata';

const clerkVariables = {
  CLERK_SECRET_KEY: z.string().regex(/^sk_(test|live)_\w+$/, 'must start with sk_test_ or sk_live_'),
  CLERK_API_URL: httpUrl.default('https://api.clerk.com'),
  // Below that the least urgent would never have a turn.
  CLERK_REQUESTS_PER_10S: z.coerce.number().int().min(20).max(10_000_000).optional(),
};

const variables = withRetryInOrder(
  z.object({
    ...commonVariables,
    ...databaseVariables,
    OPS_PORT: port.default(services['user-sync'].opsPort),
    ...clerkVariables,
    CLERK_INSTANCE_ID: clerkInstanceId.optional(),
    API_KEY_ENVIRONMENT: z.enum(apiKeyEnvironments).optional(),
    DEFAULT_PHONE_REGION: z
      .string()
      .refine((region): region is CountryCode => isSupportedCountry(region), 'is not the two letters of a country')
      .default('IN'),
    ENVELOPE_PUBLIC_KEY: pem.refine(isEnvelopeKey, 'is not an Ed25519 public key in PEM'),
    // A walk over Clerk holds its leader's lock on a connection of its own.
    DATABASE_POOL_SIZE: z.coerce.number().int().min(2).max(200).default(10),
    CLERK_CONFIRM_DELAY_MS: wholeNumber.max(60_000).default(1_000),
    CLERK_METADATA_KEY: z
      .string()
      .regex(
        /^(?!__proto__$)[A-Za-z_][A-Za-z0-9_-]{0,63}$/,
        'must be 1 to 64 letters, digits, _ or -, such as gatehouse',
      )
      .optional(),
    CLERK_SEED_ROLES: commaSeparated
      .pipe(z.array(z.enum(roles, `must be a comma-separated list of ${roles.join(', ')}`)).min(1, 'lists no role'))
      .default(['user', 'developer']),
    CLERK_WRITE_BACK: z.enum(['on', 'off']).default('on'),
    WRITE_BACK_POLL_MS: z.coerce.number().int().min(10).max(60_000).default(1_000),
    // A round of writes ends well within half a minute.
    WRITE_BACK_LEASE_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
    RECONCILE_INTERVAL_MS: wholeNumber.max(2_147_483_647).default(24 * 60 * 60_000),
    RECONCILE_MAX_DELETIONS: wholeNumber.default(25),
    APPLIED_RETENTION_DAYS: daysOrEver(30).default(400),
    AUDIT_RETENTION_DAYS: daysOrEver(90).default(400),
    ...retryVariables(defaultRetrySchedule),
    FAILPOINTS: z.string().transform(parseFailpoints).default([]),
    STREAM_REPLICAS: streamReplicas,
    ACK_WAIT_MS: ackWait,
  }),
);

const addressVariables = {
  DATABASE_URL: databaseVariables.DATABASE_URL,
  DATABASE_CA_FILE: databaseVariables.DATABASE_CA_FILE,
};
const migrationVariables = z.object(addressVariables);
const adminVariables = z.object({ ...addressVariables, ...clerkVariables });

/** Every variable that user-sync reads. */
export const variableNames: readonly string[] = Object.keys(variables.shape);

/** How user-sync runs; times in milliseconds. */
export interface UserSyncConfig {
  readonly host: string;
  readonly opsPort: number;
  readonly logLevel: string;
  readonly database: DatabaseAddress & { readonly poolSize: number };
  readonly nats: NatsAddress & { readonly streamReplicas: number; readonly ackWaitMs: number };
  readonly clerk: {
    readonly secretKey: string;
    readonly apiUrl: string;
    /** Events of any other instance are ignored; all are taken when it is not given. */
    readonly instanceId?: string;
    /** Before Clerk is asked a second time about an answer that is older than the row. */
    readonly confirmDelayMs: number;
    /** Clerk's own limit of requests in 10 s, over all replicas. */
    readonly requestsPer10s: number;
  };
  /** Gatehouse's part of the company's metadata at Clerk. */
  readonly metadata: MetadataRules;
  /** How what was changed here is written to Clerk. */
  readonly writeBack: {
    readonly enabled: boolean;
    readonly pollMs: number;
    /** How long the claim of a replica that died holds. */
    readonly leaseMs: number;
    readonly retry: RetrySchedule;
  };
  readonly reconcile: {
    /** From the end of one walk over Clerk's users to the next. */
    readonly intervalMs: number;
    /** A walk that would delete more than this, and more than 1 % of all users, stops and asks. */
    readonly maxDeletions: number;
  };
  /** After how many days what was decided, and the audit log, are let go of; 0 keeps them for ever. */
  readonly retention: { readonly appliedDays: number; readonly auditDays: number };
  readonly envelopePublicKey: string;
  /** What stands in the API keys that are made here. */
  readonly apiKeyEnvironment: ApiKeyEnvironment;
  /** Whose phone numbers may be given without a country code. */
  readonly defaultPhoneRegion: CountryCode;
  /** How often one event is retried; the ledger keeps the clock. */
  readonly retryMax: number;
  /** Where the service kills itself; for tests of crashes alone. */
  readonly failpoints: readonly Failpoint[];
}

/** Variables that are set, that user-sync does not read, and whose names are close to ones that it reads. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** user-sync's configuration out of the environment. Throws a ConfigError that names every faulty variable. */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): UserSyncConfig {
  const v = parseEnvironment(variables, environment);
  return {
    host: v.HOST,
    opsPort: v.OPS_PORT,
    logLevel: v.LOG_LEVEL,
    database: { ...databaseAddress(v), poolSize: v.DATABASE_POOL_SIZE },
    nats: { ...natsAddress(v), streamReplicas: v.STREAM_REPLICAS, ackWaitMs: v.ACK_WAIT_MS },
    clerk: {
      secretKey: v.CLERK_SECRET_KEY,
      apiUrl: v.CLERK_API_URL,
      ...(v.CLERK_INSTANCE_ID === undefined ? {} : { instanceId: v.CLERK_INSTANCE_ID }),
      confirmDelayMs: v.CLERK_CONFIRM_DELAY_MS,
      requestsPer10s: requestsPer10s(v),
    },
    metadata: {
      ...(v.CLERK_METADATA_KEY === undefined ? {} : { key: v.CLERK_METADATA_KEY }),
      seedRoles: v.CLERK_SEED_ROLES,
    },
    writeBack: {
      enabled: v.CLERK_WRITE_BACK === 'on',
      pollMs: v.WRITE_BACK_POLL_MS,
      leaseMs: v.WRITE_BACK_LEASE_MS,
      retry: { baseMs: v.RETRY_BASE_MS, capMs: v.RETRY_CAP_MS, maxRetries: v.RETRY_MAX },
    },
    reconcile: { intervalMs: v.RECONCILE_INTERVAL_MS, maxDeletions: v.RECONCILE_MAX_DELETIONS },
    retention: { appliedDays: v.APPLIED_RETENTION_DAYS, auditDays: v.AUDIT_RETENTION_DAYS },
    envelopePublicKey: v.ENVELOPE_PUBLIC_KEY,
    apiKeyEnvironment: v.API_KEY_ENVIRONMENT ?? (isLive(v.CLERK_SECRET_KEY) ? 'prod' : 'dev'),
    defaultPhoneRegion: v.DEFAULT_PHONE_REGION,
    retryMax: v.RETRY_MAX,
    failpoints: v.FAILPOINTS,
  };
}

/** What `migrate` and `check-migrations` need: the users database as its owner. Throws a ConfigError. */
export function loadMigrationConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseAddress {
  return databaseAddress(parseEnvironment(migrationVariables, environment));
}

/** What `make-admin` needs of the service's environment. */
export interface AdminConfig {
  readonly database: DatabaseAddress;
  readonly clerk: Pick<UserSyncConfig['clerk'], 'secretKey' | 'apiUrl' | 'requestsPer10s'>;
}

/** What `make-admin` needs: the users database and Clerk, as the service has them. Throws a ConfigError. */
export function loadAdminConfig(environment: Readonly<Record<string, string | undefined>> = process.env): AdminConfig {
  const v = parseEnvironment(adminVariables, environment);
  return {
    database: databaseAddress(v),
    clerk: { secretKey: v.CLERK_SECRET_KEY, apiUrl: v.CLERK_API_URL, requestsPer10s: requestsPer10s(v) },
  };
}

/** Clerk's own limit for the kind of key, unless it is set. */
function requestsPer10s(
  v: Pick<z.output<typeof adminVariables>, 'CLERK_SECRET_KEY' | 'CLERK_REQUESTS_PER_10S'>,
): number {
  return v.CLERK_REQUESTS_PER_10S ?? (isLive(v.CLERK_SECRET_KEY) ? 1_000 : 100);
}

/** So many days at least, or 0: for ever. */
function daysOrEver(least: number) {
  return wholeNumber.max(36_500).refine((days) => days === 0 || days >= least, `is neither 0 nor ${least} or more`);
}

function isLive(secretKey: string): boolean {
  return secretKey.startsWith('sk_live_');
}

function isEnvelopeKey(key: string): boolean {
  try {
    createEnvelopeVerifier(key);
    return true;
  } catch {
    return false;
  }
}
