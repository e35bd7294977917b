import {
  busRights,
  natsIdentities,
  natsPasswordVariable,
  serviceNames,
  type DatabaseName,
  type NatsIdentity,
  type ServiceName,
} from '@gatehouse/contracts';
import { databaseOf, databaseVariables, type ServiceLogins } from './databases';
import { type NatsCredentials } from './nats-credentials';
import { httpPortOf, opsPortOf, type GatehousePorts } from './ports';
import { type LocalSettings } from './settings';

/** Every program of the workspace that runs as a process of its own. */
export type AppName = ServiceName | 'clerk-emulator';

/** All programs, in the order in which they are started. */
export const appNames: readonly AppName[] = ['clerk-emulator', ...serviceNames];

/** Input of `serviceEnvironments`, which returns the environment variables of each program. */
export interface ServiceEnvironmentInput {
  /** Variables of the person or test that starts Gatehouse; they replace the defaults. */
  env: NodeJS.ProcessEnv;
  ports: GatehousePorts;
  settings: LocalSettings;
  nats: { url: string; credentials: (identity: NatsIdentity) => NatsCredentials };
  databases: Record<DatabaseName, ServiceLogins>;
  /** File in which the emulator keeps its users; undefined when another Clerk is used instead. */
  emulatorStateFile: string | undefined;
}

/** The address of each program that people open or call. */
export interface GatehouseUrls {
  gateway: string;
  /** A host of its own: browsers resolve every name below localhost to this machine. */
  console: string;
  ingest: string;
  emulator: string;
}

type Variables = Record<string, string | undefined>;

/** The variables of one program. */
interface Row {
  /** Variables that `env` does not replace. For example, PORT in `env` sets the port of the gateway only. */
  fixed: Variables;
  defaults: Variables;
}

/** Pages of this machine may call the gateway: the development server of a frontend runs on any port. */
const localOrigins = 'http://localhost:*,https://localhost:*,http://127.0.0.1:*,http://[::1]:*';

/** The addresses that belong to these ports. */
export function gatehouseUrls(ports: GatehousePorts): GatehouseUrls {
  return {
    gateway: `http://localhost:${ports.gateway}`,
    console: `http://console.localhost:${ports.gateway}`,
    ingest: `http://localhost:${ports.ingest}`,
    emulator: `http://localhost:${ports.emulator}`,
  };
}

/**
 * Returns the whole environment of each program, by three rules for its {@link Row}:
 * - A variable in `fixed` has that value, whatever `env` contains.
 * - A variable in `defaults` has its value in `env`, or that default if `env` has none. Its twin with the suffix `_FILE`,
 *   which names a file with the value, replaces the default too.
 * - Any other variable of `env` is passed unchanged. It is left out if another program's row names it, or if it is in
 *   {@link KEPT_BACK}.
 *
 * So a secret goes only to the programs whose rows name it.
 */
export function serviceEnvironments(input: ServiceEnvironmentInput): Record<AppName, NodeJS.ProcessEnv> {
  const rows = Object.fromEntries(appNames.map((name) => [name, rowOf(name, input)])) as Record<AppName, Row>;
  const named = new Set(
    Object.values(rows)
      .flatMap((row) => [...Object.keys(row.fixed), ...Object.keys(row.defaults)])
      .flatMap((name) => [name, `${name}_FILE`]),
  );
  const unnamed = Object.entries(input.env).filter(([name]) => !named.has(name) && !KEPT_BACK.has(name));
  const environment = (app: AppName): NodeJS.ProcessEnv => {
    if (app === 'clerk-emulator' && input.emulatorStateFile === undefined) return {};
    const { fixed, defaults } = rows[app];
    const chosen = Object.keys(defaults).flatMap((name) => {
      const file = input.env[`${name}_FILE`] || undefined;
      const value = input.env[name] || (file === undefined ? defaults[name] : undefined);
      return [[name, value] as const, ...(file === undefined ? [] : [[`${name}_FILE`, file] as const])];
    });
    const all = [...unnamed, ...chosen, ...Object.entries(fixed)].filter(([, value]) => value !== undefined);
    return Object.fromEntries(all);
  };
  return Object.fromEntries(appNames.map((name) => [name, environment(name)])) as Record<AppName, NodeJS.ProcessEnv>;
}

/**
 * Variables of `env` that are passed to no program: NODE_OPTIONS, the passwords of NATS users, and the addresses of
 * databases. Each of these passwords and addresses is a secret of one program. The program gets its own password as
 * NATS_PASSWORD, and the addresses of its own database as DATABASE_URL and WORKER_DATABASE_URL.
 */
const KEPT_BACK: ReadonlySet<string> = new Set([
  'NODE_OPTIONS',
  ...natsIdentities.map(natsPasswordVariable),
  ...databaseVariables,
]);

const common: Variables = { HOST: '127.0.0.1', LOG_LEVEL: 'info' };
const retry: Variables = { RETRY_BASE_MS: undefined, RETRY_CAP_MS: undefined, RETRY_MAX: undefined };

function rowOf(app: AppName, input: ServiceEnvironmentInput): Row {
  const own = ownVariables(input)[app];
  if (app === 'clerk-emulator')
    return { fixed: { PORT: String(input.ports.emulator) }, defaults: { ...common, ...own } };
  const { user, password } = input.nats.credentials(app);
  const httpPort = httpPortOf(app);
  const database = databaseOf(app);
  return {
    fixed: {
      ...{ NATS_URL: input.nats.url, NATS_USER: user, NATS_PASSWORD: password },
      OPS_PORT: String(input.ports[opsPortOf(app)]),
      ...(httpPort && { PORT: String(input.ports[httpPort]) }),
      ...(database && loginVariables(input.databases[database])),
    },
    defaults: {
      ...common,
      NATS_CA_FILE: undefined,
      ...(httpPort && { TRUST_PROXY: undefined, REQUIRE_HTTPS: undefined }),
      ...(database && { DATABASE_CA_FILE: undefined, DATABASE_POOL_SIZE: undefined }),
      ...(busRights(app).answers && { ENVELOPE_PUBLIC_KEYS: input.settings.envelopePublicKey }),
      ...own,
    },
  };
}

function loginVariables({ serviceUrl, workerUrl }: ServiceLogins): Variables {
  return { DATABASE_URL: serviceUrl, ...(workerUrl !== undefined && { WORKER_DATABASE_URL: workerUrl }) };
}

/**
 * For each program, the variables that it has in addition to the common ones of `rowOf`. The value undefined means that
 * the variable has no default: it is passed if `env` has it.
 */
function ownVariables({
  env,
  ports,
  settings,
  emulatorStateFile,
}: ServiceEnvironmentInput): Partial<Record<AppName, Variables>> {
  const urls = gatehouseUrls(ports);
  const emulated = emulatorStateFile !== undefined;
  const issuer = env.CLERK_ISSUER || (emulated ? urls.emulator : undefined);
  /** Returns `value` for a run with the emulator; undefined with another Clerk. */
  const made = (value: string) => (emulated ? value : undefined);
  // "localhost" may also mean ::1, where the emulator does not listen.
  const emulator = `http://127.0.0.1:${ports.emulator}`;
  const webhookSecrets = {
    CLERK_WEBHOOK_SIGNING_SECRETS: env.CLERK_WEBHOOK_SIGNING_SECRET || made(settings.clerkWebhookSecret),
    CLERK_WEBHOOK_SIGNING_SECRET: undefined,
  };
  return {
    'clerk-emulator': {
      ...webhookSecrets,
      CLERK_SECRET_KEY: settings.clerkSecretKey,
      CLERK_INSTANCE_ID: settings.clerkInstanceId,
      CLERK_ISSUER: issuer,
      CLERK_EMULATOR_PRIVATE_KEY: settings.emulatorPrivateKey,
      WEBHOOK_URLS: `http://127.0.0.1:${ports.ingest}/webhooks/clerk`,
      AUTHORIZED_PARTY: urls.gateway,
      STATE_FILE: emulatorStateFile,
      WEBHOOK_RETRY_SCHEDULE_MS: undefined,
      WEBHOOK_TIME_SCALE: undefined,
      SESSION_TOKEN_VERSION: undefined,
    },
    'stream-keeper': { STREAM_REPLICAS: undefined, ACK_WAIT_MS: undefined },
    'webhook-ingest': { ...retry, ...webhookSecrets },
    'user-sync': {
      ...retry,
      // With a Clerk other than the emulator, user-sync gets CLERK_INSTANCE_ID from `env`. With the emulator, only the
      // row of the emulator names this variable, so user-sync does not get it. user-sync then asks the emulator for the
      // instance id.
      ...(emulated ? {} : { CLERK_INSTANCE_ID: undefined }),
      CLERK_SECRET_KEY: made(settings.clerkSecretKey),
      CLERK_API_URL: made(emulator),
      // Lets user-sync send as many requests as it wants, because the emulator has no rate limit by default. If
      // CLERK_API_URL in `env` names another address, the default of user-sync applies, which is Clerk's limit.
      CLERK_REQUESTS_PER_10S: env.CLERK_API_URL ? undefined : made('100000'),
      // With the emulator, metadata can make a user an admin: `npm start` and the tests make their first admin this
      // way. With any other Clerk address, this variable is passed only if `env` has it.
      CLERK_SEED_ROLES: env.CLERK_API_URL ? undefined : made('user,developer,admin'),
      CLERK_METADATA_KEY: undefined,
      CLERK_WRITE_BACK: undefined,
      WRITE_BACK_POLL_MS: undefined,
      WRITE_BACK_LEASE_MS: undefined,
      CLERK_CONFIRM_DELAY_MS: undefined,
      RECONCILE_INTERVAL_MS: undefined,
      RECONCILE_MAX_DELETIONS: undefined,
      API_KEY_ENVIRONMENT: undefined,
      DEFAULT_PHONE_REGION: undefined,
      REFERRAL_CODE_PREFIX: undefined,
      IDEMPOTENCY_SECRET: settings.idempotencySecret,
    },
    'user-data': { CURSOR_SECRET: settings.cursorSecret },
    'api-gateway': {
      CLERK_ISSUER: issuer,
      CLERK_JWT_KEY: undefined,
      CLERK_JWKS_URL: env.CLERK_ISSUER || env.CLERK_JWT_KEY ? undefined : made(`${emulator}/.well-known/jwks.json`),
      CLERK_AUTHORIZED_PARTIES: localOrigins,
      CLERK_ALLOW_IMPERSONATION: undefined,
      LEGACY_JWT_SECRETS: settings.legacyJwtSecret,
      LEGACY_JWT_TTL: undefined,
      ENVELOPE_PRIVATE_KEY: settings.envelopePrivateKey,
      ASSERTION_PRIVATE_KEYS: settings.assertionPrivateKey,
      GATE_FILE: undefined,
      FORWARD_AUTH: undefined,
      FORWARD_AUTH_PORT: undefined,
      // A proxy on this machine.
      FORWARD_AUTH_PROXIES: env.FORWARD_AUTH ? '127.0.0.1' : undefined,
      FORWARD_AUTH_SECRET: undefined,
      CORS_ORIGINS: localOrigins,
      PUBLIC_URL: urls.gateway,
      CONSOLE_URL: urls.console,
      SIGN_IN_URL: made(urls.emulator),
      REDIRECT_ORIGINS: localOrigins,
      RATE_LIMIT_STORE: undefined,
    },
  };
}
