import { type EnvelopeVerifier, createEnvelopeVerifier } from '@gatehouse/auth';
import {
  type DatabaseAddress,
  type Live,
  type NatsAddress,
  type NearMiss,
  type SecretFiles,
  addressVariables,
  commaSeparated,
  commonVariables,
  databaseAddress,
  databaseVariables,
  flag,
  natsAddress,
  nearMisses,
  parseEnvironment,
  parseLiveEnvironment,
  pem,
  port,
  retryVariables,
  trustProxy,
  usable,
  variableNamesOf,
  wholeNumber,
  withRetryInOrder,
} from '@gatehouse/config';
import { services } from '@gatehouse/contracts';
import { type Failpoint, parseFailpoints } from '@gatehouse/observability';
import { type RetrySchedule, defaultRetrySchedule } from '@gatehouse/lifecycle';
import { z } from 'zod';
import { SigningSecretInvalidError } from './errors';
import { BODY_LIMIT_BYTES } from './record-webhook/delivery';
import { type SigningSecret, parseSigningSecret } from './receive-webhook/signing-secret';

/**
 * Configuration of the service. Durations are milliseconds. Printing it shows no secret, because each is in a
 * `Live` setting.
 */
export interface WebhookIngestConfig {
  readonly http: {
    readonly host: string;
    readonly port: number;
    readonly trustProxy: boolean | string[];
    readonly requireHttps: boolean;
  };
  readonly opsPort: number;
  readonly logLevel: string;
  readonly database: { readonly address: Live<DatabaseAddress>; readonly poolSize: number };
  readonly nats: Live<NatsAddress>;
  /** Signing secrets, in the order in which verification tries them. */
  readonly signingSecrets: Live<readonly SigningSecret[]>;
  readonly retry: RetrySchedule;
  /** Verifies that the gateway sent a request. */
  readonly verifyEnvelope: Live<EnvelopeVerifier>;
  /** `perSecond` and `backlog` limit the rate of each replica's relay; see `PaceLimits`. */
  readonly relay: {
    readonly graceMs: number;
    readonly pollMs: number;
    readonly leaseMs: number;
    readonly perSecond: number;
    readonly backlog: number;
  };
  readonly rebuild: { readonly graceMs: number; readonly pollMs: number };
  /** Days after which the bodies of resolved events are dropped; `0` keeps all bodies. */
  readonly bodyRetentionDays: number;
  /**
   * Minimum time without an event before two of the three silence alarms can fire: the alarm after a rejected delivery,
   * and the alarm for an unusually long silence. See `judgeSilence`.
   */
  readonly silenceMs: number;
  /**
   * Grace time of the third silence alarm. It fires when user-sync saw a change at Clerk more than this time ago, and
   * no event about any user was recorded since the change. An event from up to this time before the change also
   * prevents the alarm, because the clocks of Clerk and the database may differ.
   */
  readonly silenceGraceMs: number;
  /** Maximum total size of the bodies that are being received or recorded; bytes. */
  readonly maxBufferedBytes: number;
  /** `keep`: maximum number of stored rejected deliveries. `perSecond`: maximum number that is written per second. */
  readonly rejected: { readonly keep: number; readonly perSecond: number };
  /** Places at which the process kills itself; only for crash tests. */
  readonly failpoints: readonly Failpoint[];
  readonly secretFiles: SecretFiles;
}

const signingSecrets = commaSeparated.transform((secrets, context) => {
  if (secrets.length === 0) context.addIssue({ code: 'custom', message: 'contains no secret' });
  return secrets.map((secret, index) => {
    try {
      return parseSigningSecret(secret);
    } catch (error) {
      if (!(error instanceof SigningSecretInvalidError)) throw error;
      context.addIssue({ code: 'custom', message: `value ${index + 1} ${error.message}` });
      return z.NEVER;
    }
  });
});

const schema = withRetryInOrder(
  withSigningSecret(
    z.object({
      ...commonVariables,
      ...databaseVariables,
      PORT: port.default(services['webhook-ingest'].port),
      OPS_PORT: port.default(services['webhook-ingest'].opsPort),
      CLERK_WEBHOOK_SIGNING_SECRETS: signingSecrets.default([]),
      CLERK_WEBHOOK_SIGNING_SECRET: signingSecrets.default([]),
      ...retryVariables(defaultRetrySchedule),
      ENVELOPE_PUBLIC_KEYS: pem.transform(
        usable((keys: string) => createEnvelopeVerifier(keys), 'is neither one Ed25519 public key nor two'),
      ),
      TRUST_PROXY: trustProxy.default(false),
      REQUIRE_HTTPS: flag.default(false),
      RELAY_GRACE_MS: wholeNumber.max(600_000).default(5_000),
      RELAY_POLL_MS: wholeNumber.min(1).max(60_000).default(1_000),
      RELAY_LEASE_MS: wholeNumber.min(1_000).max(600_000).default(60_000),
      RELAY_PER_SECOND: wholeNumber.min(1).max(100_000).default(500),
      RELAY_BACKLOG: wholeNumber.max(1_000_000).default(500),
      REBUILD_GRACE_MS: wholeNumber.max(3_600_000).default(10_000),
      REBUILD_POLL_MS: wholeNumber.min(1).max(600_000).default(2_000),
      BODY_RETENTION_DAYS: wholeNumber.max(36_500).default(90),
      SILENCE_ALARM_MS: wholeNumber.min(1_000).default(6 * 60 * 60 * 1_000),
      SILENCE_GRACE_MS: wholeNumber.min(1_000).default(10 * 60 * 1_000),
      // The buffer must hold at least one body of the largest size.
      MAX_BUFFERED_BYTES: wholeNumber
        .min(BODY_LIMIT_BYTES)
        .max(4 * 1024 ** 3)
        .default(64 * BODY_LIMIT_BYTES),
      REJECTED_KEEP: wholeNumber.max(1_000_000).default(10_000),
      FAILPOINTS: z.string().transform(parseFailpoints).default([]),
      REJECTED_PER_SECOND: wholeNumber.max(10_000).default(10),
    }),
  ),
);

/** Every variable that webhook-ingest reads. */
export const variableNames: readonly string[] = variableNamesOf(schema);

/** Finds variables that are set under a misspelled name, each with the variable that was probably meant. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** Reads the service's environment. @throws ConfigError that names every fault and shows no value */
export function loadConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
): WebhookIngestConfig {
  const { values: env, live, secretFiles } = parseLiveEnvironment(schema, environment);
  return {
    http: { host: env.HOST, port: env.PORT, trustProxy: env.TRUST_PROXY, requireHttps: env.REQUIRE_HTTPS },
    opsPort: env.OPS_PORT,
    logLevel: env.LOG_LEVEL,
    database: { address: live(databaseAddress, 'DATABASE_URL'), poolSize: env.DATABASE_POOL_SIZE },
    nats: live(natsAddress, 'NATS_PASSWORD'),
    signingSecrets: live(signingSecretsOf, 'CLERK_WEBHOOK_SIGNING_SECRETS', 'CLERK_WEBHOOK_SIGNING_SECRET'),
    retry: { baseMs: env.RETRY_BASE_MS, capMs: env.RETRY_CAP_MS, maxRetries: env.RETRY_MAX },
    verifyEnvelope: live((keys) => keys.ENVELOPE_PUBLIC_KEYS, 'ENVELOPE_PUBLIC_KEYS'),
    relay: {
      graceMs: env.RELAY_GRACE_MS,
      pollMs: env.RELAY_POLL_MS,
      leaseMs: env.RELAY_LEASE_MS,
      perSecond: env.RELAY_PER_SECOND,
      backlog: env.RELAY_BACKLOG,
    },
    rebuild: { graceMs: env.REBUILD_GRACE_MS, pollMs: env.REBUILD_POLL_MS },
    bodyRetentionDays: env.BODY_RETENTION_DAYS,
    silenceMs: env.SILENCE_ALARM_MS,
    silenceGraceMs: env.SILENCE_GRACE_MS,
    maxBufferedBytes: env.MAX_BUFFERED_BYTES,
    failpoints: env.FAILPOINTS,
    secretFiles,
    rejected: { keep: env.REJECTED_KEEP, perSecond: env.REJECTED_PER_SECOND },
  };
}

/**
 * Reads the database's address for the programs beside the service. `migrate` and `check-migrations` run with the
 * credentials of the database's owner in `DATABASE_URL`; `erase` runs with the service's.
 */
export function loadDatabaseConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const env = parseEnvironment(z.object(addressVariables), environment);
  return databaseAddress(env);
}

/** Reads the configuration of the erase program: the service's database and NATS. */
export function loadEraseConfig(environment: Readonly<Record<string, string | undefined>> = process.env) {
  const { NATS_URL, NATS_USER, NATS_PASSWORD, NATS_CA_FILE } = commonVariables;
  const env = parseEnvironment(z.object({ NATS_URL, NATS_USER, NATS_PASSWORD, NATS_CA_FILE }), environment);
  return {
    database: loadDatabaseConfig(environment),
    nats: natsAddress(env),
  };
}

const secretLists = z.object({
  CLERK_WEBHOOK_SIGNING_SECRETS: z.array(z.unknown()),
  CLERK_WEBHOOK_SIGNING_SECRET: z.array(z.unknown()),
});

/** Makes the schema require a signing secret, in either of the two variables. */
function withSigningSecret<Schema extends z.ZodObject>(schema: Schema): Schema {
  return schema.refine((env) => Object.values(secretLists.parse(env)).flat().length > 0, {
    path: ['CLERK_WEBHOOK_SIGNING_SECRETS'],
    message: 'is required',
    when: ({ value }) => secretLists.safeParse(value).success,
  });
}

/** The secrets of both variables, each once. */
function signingSecretsOf(env: z.output<typeof schema>): readonly SigningSecret[] {
  const secrets = [...env.CLERK_WEBHOOK_SIGNING_SECRETS, ...env.CLERK_WEBHOOK_SIGNING_SECRET];
  return secrets.filter(({ key }, index) => secrets.findIndex((other) => other.key.equals(key)) === index);
}
