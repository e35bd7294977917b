import {
  type ApiKeyEnvironment,
  type EnvelopeVerifier,
  apiKeyEnvironments,
  createEnvelopeVerifier,
} from '@gatehouse/auth';
import {
  type Approval,
  type DatabaseAddress,
  type Live,
  type NatsAddress,
  type NearMiss,
  type SecretFiles,
  addressVariables,
  clerkInstanceId,
  commaSeparated,
  commonVariables,
  databaseAddress,
  databaseVariables,
  daysOrEver,
  fixed,
  httpUrl,
  natsAddress,
  nearMisses,
  parseEnvironment,
  parseLiveEnvironment,
  pem,
  port,
  retryVariables,
  usable,
  variableNamesOf,
  wholeNumber,
  withRetryInOrder,
} from '@gatehouse/config';
import { roles, services } from '@gatehouse/contracts';
import { type RetrySchedule, defaultRetrySchedule } from '@gatehouse/lifecycle';
import { type Failpoint, parseFailpoints } from '@gatehouse/observability';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js';
import { z } from 'zod';
import { type ClerkWaits, clerkWaits } from './clerk-waits';
import { type MetadataRules } from './clerk-user/company-metadata';
import { REFERRAL_PREFIX } from './user-rows/referral-code';

const MIN_SECRET_BYTES = 32;

const clerkVariables = {
  CLERK_SECRET_KEY: z.string().regex(/^sk_(test|live)_\w+$/, 'must start with sk_test_ or sk_live_'),
  CLERK_API_URL: httpUrl.default('https://api.clerk.com'),
  // The bucket of the Clerk budget holds 18 % of this limit. A request of the lowest priority takes one token and must
  // leave half of a full bucket. Below 12 the bucket is too small for that, so such a request would never be sent. 20
  // leaves a margin.
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
    REFERRAL_CODE_PREFIX: z
      .string()
      .regex(REFERRAL_PREFIX, 'must be 1 to 8 digits and capital letters other than I, L and O, such as BP')
      .default('BP'),
    ENVELOPE_PUBLIC_KEYS: pem.transform(
      usable((keys: string) => createEnvelopeVerifier(keys), 'is neither one Ed25519 public key nor two'),
    ),
    // At least 2: a reconcile run holds its advisory lock on a connection of its own.
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
    // The default leaves 30 s for starting writes: no write starts in the second half of the lease.
    WRITE_BACK_LEASE_MS: z.coerce.number().int().min(1_000).max(3_600_000).default(60_000),
    RECONCILE_INTERVAL_MS: wholeNumber.max(2_147_483_647).default(24 * 60 * 60_000),
    USER_STREAM_REFILL_INTERVAL_MS: wholeNumber.max(2_147_483_647).default(24 * 60 * 60_000),
    RECONCILE_MAX_DELETIONS: wholeNumber.default(25),
    APPLIED_RETENTION_DAYS: daysOrEver(30).default(400),
    AUDIT_RETENTION_DAYS: daysOrEver(90).default(400),
    ...retryVariables(defaultRetrySchedule),
    IDEMPOTENCY_SECRET: commaSeparated
      .refine(
        (values) => values.length <= 2 && values.every((value) => Buffer.byteLength(value) >= MIN_SECRET_BYTES),
        'is not one secret of 32 bytes or more, or two',
      )
      .default([]),
    FAILPOINTS: z.string().transform(parseFailpoints).default([]),
  }),
);

const adminVariables = z.object({ ...addressVariables, ...clerkVariables });

/** Every variable that user-sync reads. */
export const variableNames: readonly string[] = variableNamesOf(variables);

/** Intervals of periodic work, in milliseconds. Not read from the environment; tests shorten them. */
const intervals = {
  /** Count of the active admins. */
  adminCensus: 10_000,
  /** Check of promises of the admin role. */
  adminPromises: 2_000,
  /** Chores of the leading replica, such as the review of conflicts. */
  leaderChores: 30_000,
  /** Poll of the outbox of sign-outs at Clerk. */
  signOuts: 1_000,
  /** Minimum pause after a failed round of the reconcile worker. */
  reconcilePause: 5_000,
  /** Poll of the outbox of user changes, for changes by other processes. */
  userStreamPoll: 200,
  /** Comparison of the stream of user changes with its record in the database. */
  userStreamInspection: 2_000,
  /** Time after which another replica continues an epoch of the stream whose writer has died. */
  userStreamLease: 30_000,
};

/** Configuration of user-sync; times in milliseconds. */
export interface UserSyncConfig {
  readonly host: string;
  readonly opsPort: number;
  readonly logLevel: string;
  readonly database: { readonly address: Live<DatabaseAddress>; readonly poolSize: number };
  readonly nats: Live<NatsAddress>;
  readonly clerk: {
    readonly secretKey: Live<string>;
    /** Has each new secret key approved before it is used. */
    approveKeys(approval: Approval<string>): void;
    readonly apiUrl: string;
    /** Our Clerk instance: events of other instances are ignored. If undefined, it is read from Clerk. */
    readonly instanceId?: string;
    /** Wait before Clerk is asked a second time, because its first answer was older than the stored row. */
    readonly confirmDelayMs: number;
    /** Clerk's rate limit: requests in 10 s, for all replicas together. */
    readonly requestsPer10s: number;
  };
  /** Gatehouse's part of the company's metadata at Clerk. */
  readonly metadata: MetadataRules;
  /** Write-back: how our values are written to Clerk's metadata. */
  readonly writeBack: {
    readonly enabled: boolean;
    readonly pollMs: number;
    /** Length of a write-back lease. When a replica has died, another takes over its rows after this time. */
    readonly leaseMs: number;
    readonly retry: RetrySchedule;
  };
  readonly reconcile: {
    /** Time from the end of one reconcile run to the start of the next; 0 schedules none. */
    readonly intervalMs: number;
    /** A run that would delete more users than this, and more than 1 % of all, waits until an admin approves it. */
    readonly maxDeletions: number;
  };
  /**
   * Time from the end of one refill of the stream of user changes to the start of the next; 0 schedules none. A refill
   * publishes every user again and removes replaced messages from NATS's disk.
   */
  readonly userStreamRefillMs: number;
  readonly intervals: Readonly<typeof intervals>;
  readonly clerkWaits: ClerkWaits;
  /** Days after which applied events and audit entries are deleted; 0 keeps them for ever. */
  readonly retention: { readonly appliedDays: number; readonly auditDays: number };
  /** Verifies that the gateway sent a request. */
  readonly verifyEnvelope: Live<EnvelopeVerifier>;
  /** Part of every API key that is created here, such as `prod`. */
  readonly apiKeyEnvironment: ApiKeyEnvironment;
  /**
   * Secrets that seal new API keys in stored answers; the first one seals. Without one, a repeated creation of an API key
   * does not show the key again.
   */
  readonly idempotencySecrets: Live<readonly string[]>;
  /** Country of phone numbers without a country code. */
  readonly defaultPhoneRegion: CountryCode;
  /** Prefix of new referral codes. Codes that exist keep theirs. */
  readonly referralCodePrefix: string;
  /** Maximum retries of one event; the ledger schedules them. */
  readonly retryMax: number;
  /** Points at which the service kills itself; for crash tests only. */
  readonly failpoints: readonly Failpoint[];
  readonly secretFiles: SecretFiles;
}

/**
 * Finds variables of the environment that are probably misspelt: not read, but similar in name to one that user-sync
 * reads.
 */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** Reads the configuration from the environment. @throws ConfigError that names every invalid variable */
export function loadConfig(environment: Readonly<Record<string, string | undefined>> = process.env): UserSyncConfig {
  const { values: v, live, approve, secretFiles } = parseLiveEnvironment(variables, environment);
  return {
    host: v.HOST,
    opsPort: v.OPS_PORT,
    logLevel: v.LOG_LEVEL,
    database: { address: live(databaseAddress, 'DATABASE_URL'), poolSize: v.DATABASE_POOL_SIZE },
    nats: live(natsAddress, 'NATS_PASSWORD'),
    clerk: {
      secretKey: live((env) => env.CLERK_SECRET_KEY, 'CLERK_SECRET_KEY'),
      approveKeys: (approval) => approve('CLERK_SECRET_KEY', approval),
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
    userStreamRefillMs: v.USER_STREAM_REFILL_INTERVAL_MS,
    intervals,
    clerkWaits,
    retention: { appliedDays: v.APPLIED_RETENTION_DAYS, auditDays: v.AUDIT_RETENTION_DAYS },
    verifyEnvelope: live((env) => env.ENVELOPE_PUBLIC_KEYS, 'ENVELOPE_PUBLIC_KEYS'),
    apiKeyEnvironment: v.API_KEY_ENVIRONMENT ?? (isLive(v.CLERK_SECRET_KEY) ? 'prod' : 'dev'),
    idempotencySecrets: live((env) => env.IDEMPOTENCY_SECRET, 'IDEMPOTENCY_SECRET'),
    defaultPhoneRegion: v.DEFAULT_PHONE_REGION,
    referralCodePrefix: v.REFERRAL_CODE_PREFIX,
    retryMax: v.RETRY_MAX,
    failpoints: v.FAILPOINTS,
    secretFiles,
  };
}

/**
 * Reads how `migrate`, `check-migrations` and `after-restore` connect to the users database, as its owner.
 * @throws ConfigError
 */
export function loadDatabaseConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): DatabaseAddress {
  return databaseAddress(parseEnvironment(z.object(addressVariables), environment));
}

/** Configuration of `make-admin`. */
export interface AdminConfig {
  readonly database: DatabaseAddress;
  readonly clerk: Pick<UserSyncConfig['clerk'], 'secretKey' | 'apiUrl' | 'requestsPer10s'>;
}

/** Reads the configuration of `make-admin`: how to connect to the users database and to Clerk. @throws ConfigError */
export function loadAdminConfig(environment: Readonly<Record<string, string | undefined>> = process.env): AdminConfig {
  const v = parseEnvironment(adminVariables, environment);
  return {
    database: databaseAddress(v),
    clerk: { secretKey: fixed(v.CLERK_SECRET_KEY), apiUrl: v.CLERK_API_URL, requestsPer10s: requestsPer10s(v) },
  };
}

/** The configured limit of requests to Clerk in 10 s; by default, Clerk's limit for this kind of secret key. */
function requestsPer10s(
  v: Pick<z.output<typeof adminVariables>, 'CLERK_SECRET_KEY' | 'CLERK_REQUESTS_PER_10S'>,
): number {
  return v.CLERK_REQUESTS_PER_10S ?? (isLive(v.CLERK_SECRET_KEY) ? 1_000 : 100);
}

function isLive(secretKey: string): boolean {
  return secretKey.startsWith('sk_live_');
}
