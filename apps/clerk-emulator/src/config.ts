import { createPrivateKey } from 'node:crypto';
import {
  type NearMiss,
  commaSeparated,
  httpUrl,
  logLevel,
  nearMisses,
  parseEnvironment,
  pem,
  port,
  variableNamesOf,
  wholeNumber,
} from '@gatehouse/config';
import { z } from 'zod';
import { isEndpointUrl } from './clerk/endpoint-url';
import { isJsonObject, type JsonObject } from './clerk/json';
import { USER_LIMIT } from './clerk/user';
import { isWebhookSecret, WEBHOOK_SECRET_RULE } from './clerk/webhook-secret';
import { type RateLimitMode, rateLimitModes } from './limit-rates/rate-limit-mode';

/**
 * Defaults for local development. The secrets among them are public on purpose: they protect only a developer's
 * machine.
 */
const DEVELOPMENT = {
  secretKey: 'sk_test_ClerkEmulatorForLocalDevelopmentOnly',
  webhookSecret: 'whsec_Y2xlcmstZW11bGF0b3ItZGV2ZWxvcG1lbnQtb25seSE=',
  instanceId: 'ins_EmulatorLocalDevelopment001',
  webhookUrl: 'http://127.0.0.1:8081/webhooks/clerk',
  authorizedParty: 'http://localhost:3000',
  seed: 'clerk-emulator',
};

/**
 * A variable with this value makes its setting empty, for example `WEBHOOK_URLS=none`. A blank variable leaves the
 * setting at its default.
 */
const NONE = 'none';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Svix's retry schedule: the delay before each attempt, in ms. */
const SVIX_SCHEDULE_MS = [
  0,
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  10 * HOUR,
] as const satisfies number[];

function isRsaPrivateKey(pemText: string): boolean {
  try {
    const key = createPrivateKey(pemText);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
  } catch {
    return false;
  }
}

function parseJsonObject(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const variables = z.object({
  PORT: port.default(3100),
  HOST: z.string().default('127.0.0.1'),
  CLERK_SECRET_KEY: z
    .string()
    .regex(/^sk_(test|live)_\w+$/, 'must start with sk_test_ or sk_live_')
    .default(DEVELOPMENT.secretKey),
  CLERK_WEBHOOK_SIGNING_SECRETS: commaSeparated
    .refine((list) => list.length > 0 && list.every(isWebhookSecret), `each ${WEBHOOK_SECRET_RULE}`)
    .optional(),
  CLERK_WEBHOOK_SIGNING_SECRET: z.string().refine(isWebhookSecret, WEBHOOK_SECRET_RULE).optional(),
  WEBHOOK_URLS: commaSeparated
    .transform((list) => (list.join() === NONE ? [] : list))
    .refine(
      (list) => list.every(isEndpointUrl),
      'must be http or https URLs without credentials, comma-separated, or none',
    )
    .default([DEVELOPMENT.webhookUrl]),
  CLERK_INSTANCE_ID: z
    .string()
    .regex(/^ins_[A-Za-z0-9]+$/, 'must be ins_ followed by letters and digits')
    .default(DEVELOPMENT.instanceId),
  CLERK_ISSUER: httpUrl.optional(),
  AUTHORIZED_PARTY: z
    .string()
    .transform((party) => (party === NONE ? null : party))
    .default(DEVELOPMENT.authorizedParty),
  WEBHOOK_RETRY_SCHEDULE_MS: commaSeparated
    .refine(
      (list) => list.length > 0 && list.every((delay) => /^\d{1,9}$/.test(delay)),
      'must be delays in milliseconds, comma-separated',
    )
    .transform((list) => list.map(Number))
    .default([...SVIX_SCHEDULE_MS]),
  WEBHOOK_TIME_SCALE: z
    .string()
    .transform(Number)
    .refine((scale) => scale > 0 && scale <= 1, 'must be a number above 0, at most 1')
    .default(1),
  CLERK_EMULATOR_SEED: z.string().max(200).default(DEVELOPMENT.seed),
  CLERK_EMULATOR_USERS: wholeNumber.max(USER_LIMIT).default(0),
  CLERK_EMULATOR_RATE_LIMITS: z.enum(rateLimitModes).default('off'),
  SESSION_TOKEN_VERSION: z
    .enum(['1', '2'])
    .transform((version) => (version === '1' ? 1 : 2))
    .default(2),
  SESSION_TOKEN_CLAIMS: z
    .string()
    .transform(parseJsonObject)
    .pipe(z.custom<JsonObject>(isJsonObject, 'must be a JSON object'))
    .optional(),
  SESSION_TOKEN_LIFETIME_SECONDS: wholeNumber.min(20).max(3_600).default(60),
  CLERK_PACKAGES_FOLDER: z.string().default('.'),
  CLERK_EMULATOR_PRIVATE_KEY: pem
    .pipe(z.string().refine(isRsaPrivateKey, 'is not an RSA private key of at least 2048 bits'))
    .optional(),
  STATE_FILE: z.string().optional(),
  LOG_LEVEL: logLevel.default('info'),
});

/** Every variable that the emulator reads. */
export const variableNames: readonly string[] = variableNamesOf(variables);

/** Configuration of an emulator; times in ms. */
export interface EmulatorConfig {
  readonly port: number;
  readonly host: string;
  readonly secretKey: string;
  readonly webhookSecret: string;
  readonly webhookUrls: readonly string[];
  readonly instanceId: string;
  /** The `iss` of tokens; default the base URL of the emulator. */
  readonly issuer: string | undefined;
  /** The `azp` of tokens; null omits the claim, as for native clients. */
  readonly authorizedParty: string | null;
  /** Delay before each attempt; one entry per attempt. */
  readonly retryScheduleMs: readonly number[];
  readonly webhookTimeoutMs: number;
  /** Maximum attempts in flight for one endpoint. */
  readonly webhookConcurrency: number;
  /**
   * Maximum number of pending deliveries. Once it is reached, a new delivery is recorded as failed. A new delivery is
   * also recorded as failed if its body would bring all pending bodies above 128 Mi characters.
   */
  readonly webhookQueueLimit: number;
  /** An endpoint is disabled when all its attempts have failed for this long. */
  readonly webhookDisableAfterMs: number;
  /** Seed of faults and generated users. */
  readonly seed: string;
  /** Number of users that are generated at start. */
  readonly users: number;
  /** Rate limits of the Backend API. */
  readonly rateLimits: RateLimitMode;
  readonly tokenVersion: 1 | 2;
  /**
   * Custom claims of session tokens, with shortcodes such as `{{user.id}}`. Null when not configured. Then tokens of
   * Clerk's version 2 (`tokenVersion`) have the claim `metadata` with the user's `public_metadata`. Tokens of version 1
   * then have no custom claim.
   */
  readonly sessionClaims: JsonObject | null;
  /** Lifetime of session tokens. */
  readonly tokenLifetimeMs: number;
  /** Folder of a project that has installed `@clerk/clerk-js` or `@clerk/ui`, whose scripts the emulator then serves. */
  readonly packagesFolder: string;
  /** Lifetime of a code that is sent for a sign-in. */
  readonly codeLifetimeMs: number;
  /**
   * Number of wrong codes after which a sign-in fails. Each wrong code also counts towards the lockout of the user
   * (`SIGN_IN_ATTEMPTS`).
   */
  readonly codeAttempts: number;
  /** Duration of a lockout. */
  readonly lockoutMs: number;
  /**
   * PEM of an RSA key of at least 2048 bits, which signs session tokens. When undefined, the keys of STATE_FILE are
   * used; without saved keys, a new one is generated.
   */
  readonly privateKey: string | undefined;
  readonly stateFile: string | undefined;
  readonly logLevel: z.output<typeof logLevel>;
}

/** Variables that are probably misspelt: set, unknown, and with a name close to a known one. */
export function findNearMisses(): readonly NearMiss[] {
  return nearMisses(process.env, variableNames);
}

/** Reads the configuration from the environment. @throws ConfigError with every invalid variable */
export function loadConfig(env: Readonly<Record<string, string | undefined>> = process.env): EmulatorConfig {
  const v = parseEnvironment(variables, env);
  return {
    port: v.PORT,
    host: v.HOST,
    secretKey: v.CLERK_SECRET_KEY,
    webhookSecret: v.CLERK_WEBHOOK_SIGNING_SECRETS?.[0] ?? v.CLERK_WEBHOOK_SIGNING_SECRET ?? DEVELOPMENT.webhookSecret,
    webhookUrls: v.WEBHOOK_URLS,
    instanceId: v.CLERK_INSTANCE_ID,
    issuer: v.CLERK_ISSUER,
    authorizedParty: v.AUTHORIZED_PARTY,
    retryScheduleMs: v.WEBHOOK_RETRY_SCHEDULE_MS.map((delay) => Math.round(delay * v.WEBHOOK_TIME_SCALE)),
    webhookTimeoutMs: 15_000,
    webhookConcurrency: 8,
    webhookQueueLimit: 20_000,
    webhookDisableAfterMs: Math.round(5 * DAY * v.WEBHOOK_TIME_SCALE),
    seed: v.CLERK_EMULATOR_SEED,
    users: v.CLERK_EMULATOR_USERS,
    rateLimits: v.CLERK_EMULATOR_RATE_LIMITS,
    tokenVersion: v.SESSION_TOKEN_VERSION,
    sessionClaims: v.SESSION_TOKEN_CLAIMS ?? null,
    tokenLifetimeMs: v.SESSION_TOKEN_LIFETIME_SECONDS * SECOND,
    packagesFolder: v.CLERK_PACKAGES_FOLDER,
    codeLifetimeMs: 10 * MINUTE,
    codeAttempts: 5,
    lockoutMs: HOUR,
    privateKey: v.CLERK_EMULATOR_PRIVATE_KEY,
    stateFile: v.STATE_FILE,
    logLevel: v.LOG_LEVEL,
  };
}
