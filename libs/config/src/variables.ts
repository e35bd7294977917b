import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** TCP port; 0 lets the system choose one. */
export const port = z.coerce.number().int().min(0).max(65_535);

/** Duration, size or count: a whole number from 0. */
export const wholeNumber = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** Boolean: `true`, `false`, `1`, `0`, `yes`, `no`, `on` or `off`. */
export const flag = z.stringbool();

/** Comma-separated values, trimmed. Empty values are removed. */
export const commaSeparated = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** URL of a PostgreSQL database. */
export const postgresUrl = urlOf(/^postgres(ql)?:$/, 'is not a postgres:// URL').refine(
  isDecodable,
  'has a % that begins no escape: write %25 for a percent sign in the password',
);

/** URLs of one or more NATS servers, comma-separated. */
export const natsServers = commaSeparated.pipe(
  z
    .array(urlOf(/^(nats|tls|wss?):$/, 'is not a nats:// or tls:// URL'))
    .refine((servers) => servers.length > 0, 'names no server'),
);

/** http or https URL, with the host in lower case, without default port and without a trailing slash. */
export const httpUrl = urlOf(/^https?:$/, 'is not an http:// or https:// URL').transform((url) =>
  new URL(url).href.replace(/\/+$/, ''),
);

/** Log level of pino. */
export const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

/** Key in PEM, or several one after the other. The two characters `\n` count as a line break, for `.env` files. */
export const pem = z
  .string()
  .transform((value) => value.replaceAll('\\n', '\n').trim())
  .refine((value) => /^-----BEGIN [A-Z ]+-----\n[\s\S]+\n-----END [A-Z ]+-----$/.test(value), 'is not a PEM key');

/**
 * Path of a file with certificates in PEM. The file is read here, so that a wrong path is reported as a fault of the
 * variable.
 */
export const certificateFile = z
  .string()
  .refine(holdsCertificates, 'does not name a readable file of certificates in PEM');

/** Id of a Clerk instance. */
export const clerkInstanceId = z.string().regex(/^ins_[A-Za-z0-9_-]{1,110}$/, 'is not a Clerk instance id (ins_…)');

/**
 * Number of copies that JetStream keeps of each stream. Use the same value for stream-keeper, which creates streams,
 * and `nats-setup`, which changes them. Otherwise `nats-setup` changes the number of copies to its own value.
 */
export const streamReplicas = z.coerce.number().int().min(1).max(5).default(1);

/**
 * Time after which JetStream redelivers an unacknowledged message; milliseconds. Use the same value for stream-keeper,
 * which creates consumers, and `nats-setup`, which changes them to its own value.
 */
export const ackWait = wholeNumber.min(1_000).max(600_000).default(30_000);

/** Variables of every service. */
export const commonVariables = {
  NATS_URL: natsServers,
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_CA_FILE: certificateFile.optional(),
  OPS_PORT: port,
  HOST: z.string().default('0.0.0.0'),
  LOG_LEVEL: logLevel.default('info'),
};

/** Schema of a retention in days: at least `least`, or 0 to keep rows for ever. */
export function daysOrEver(least: number) {
  return wholeNumber.max(36_500).refine((days) => days === 0 || days >= least, `is neither 0 nor ${least} or more`);
}

/** Variables with the address of a database, for services and for the programs beside them. */
export const addressVariables = {
  DATABASE_URL: postgresUrl,
  DATABASE_CA_FILE: certificateFile.optional(),
};

/** Variables of every service with a database. */
export const databaseVariables = {
  ...addressVariables,
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
};

/**
 * Returns a transformation by `use`, for a schema. A value that `use` throws at is a fault with this problem: the error
 * is not shown, because it may contain the value.
 */
export function usable<Value, Result>(use: (value: Value) => Result, problem: string) {
  return (value: Value, context: z.RefinementCtx): Result => {
    try {
      return use(value);
    } catch {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
  };
}

function urlOf(protocol: RegExp, problem: string) {
  return z.string().refine((value) => URL.canParse(value) && protocol.test(new URL(value).protocol), problem);
}

/**
 * Whether every percent sign begins an escape. Otherwise the database driver would fail to decode the user name or
 * password.
 */
function isDecodable(value: string): boolean {
  try {
    decodeURIComponent(value);
    return true;
  } catch {
    return false;
  }
}

function holdsCertificates(path: string): boolean {
  try {
    return readFileSync(path, 'utf8').includes('-----BEGIN CERTIFICATE-----');
  } catch {
    return false;
  }
}
