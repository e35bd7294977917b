import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A TCP port; 0 lets the system choose one. */
export const port = z.coerce.number().int().min(0).max(65_535);

/** A duration or size as a whole number, not negative. */
export const wholeNumber = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);

/** `true`, `false`, `1`, `0`, `yes`, `no`, `on`, `off`. */
export const flag = z.stringbool();

/** Comma-separated values, trimmed, without empty ones. */
export const commaSeparated = z.string().transform((value) =>
  value
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

/** The URL of a PostgreSQL database. */
export const postgresUrl = urlOf(/^postgres(ql)?:$/, 'is not a postgres:// URL').refine(
  isDecodable,
  'has a % that begins no escape: write %25 for a percent sign in the password',
);

/** One or more NATS servers, comma-separated. */
export const natsServers = commaSeparated.pipe(
  z
    .array(urlOf(/^(nats|tls|wss?):$/, 'is not a nats:// or tls:// URL'))
    .refine((servers) => servers.length > 0, 'names no server'),
);

/** An http or https URL as browsers write it: host in lower case, without default port; without a trailing slash. */
export const httpUrl = urlOf(/^https?:$/, 'is not an http:// or https:// URL').transform((url) =>
  new URL(url).href.replace(/\/+$/, ''),
);

/** pino's levels. */
export const logLevel = z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']);

/** A key in PEM; `\n` written as two characters is read as a line break, for `.env` files. */
export const pem = z
  .string()
  .transform((value) => value.replaceAll('\\n', '\n').trim())
  .refine((value) => /^-----BEGIN [A-Z ]+-----\n[\s\S]+\n-----END [A-Z ]+-----$/.test(value), 'is not a PEM key');

/** The path of a file with certificates in PEM; read once here, so that a wrong path is a fault of the variable. */
export const certificateFile = z
  .string()
  .refine(holdsCertificates, 'does not name a readable file of certificates in PEM');

/** Clerk's id of one of its instances. */
export const clerkInstanceId = z.string().regex(/^ins_[A-Za-z0-9_-]{1,110}$/, 'is not a Clerk instance id (ins_…)');

/** How many replicas JetStream keeps of a stream; the same for every service. */
export const streamReplicas = z.coerce.number().int().min(1).max(5).default(1);

/** How long JetStream waits for an acknowledgement before it delivers again, in milliseconds; the same for every replica. */
export const ackWait = wholeNumber.min(1_000).max(600_000).default(30_000);

/** What every service reads. */
export const commonVariables = {
  NATS_URL: natsServers,
  NATS_USER: z.string().optional(),
  NATS_PASSWORD: z.string().optional(),
  NATS_CA_FILE: certificateFile.optional(),
  OPS_PORT: port,
  HOST: z.string().default('0.0.0.0'),
  LOG_LEVEL: logLevel.default('info'),
};

/** What a service with a database reads besides. */
export const databaseVariables = {
  DATABASE_URL: postgresUrl,
  DATABASE_CA_FILE: certificateFile.optional(),
  DATABASE_POOL_SIZE: z.coerce.number().int().min(1).max(200).default(10),
};

function urlOf(protocol: RegExp, problem: string) {
  return z.string().refine((value) => URL.canParse(value) && protocol.test(new URL(value).protocol), problem);
}

/** Whether every percent sign begins an escape; the drivers decode user name and password. */
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
