import { serviceNames, type ServiceName } from '@gatehouse/contracts';
import { type GatehousePorts } from './ports';
import { type LocalSettings } from './settings';

/** Every program of the workspace that runs as a process of its own. */
export type AppName = ServiceName | 'clerk-emulator';

/** All of them, in the order in which they are started. */
export const appNames: readonly AppName[] = ['clerk-emulator', ...serviceNames];

/** What the programs' environments are made of. */
export interface ServiceEnvironmentInput {
  /** What the caller has set: wins over every default below. */
  env: NodeJS.ProcessEnv;
  ports: GatehousePorts;
  settings: LocalSettings;
  nats: { url: string; credentials: (service: ServiceName) => { user?: string; password?: string } };
  databaseUrls: { ingest: string; users: string };
  /** Where the emulator keeps its users; without it the caller's own Clerk is used and the emulator gets nothing. */
  emulatorStateFile: string | undefined;
}

/** Where each program is found. */
export interface GatehouseUrls {
  gateway: string;
  ingest: string;
  emulator: string;
}

/** `value` is a default; a fixed one is ours to decide, because the variable means something else at our level. */
interface Row {
  fixed: Record<string, string | undefined>;
  defaults: Record<string, string | undefined>;
}

/** Pages that may call the gateway on this machine: a frontend's development server runs on any port. */
const localOrigins = 'http://localhost:*,https://localhost:*,http://127.0.0.1:*,http://[::1]:*';

/** The addresses that belong to these ports. */
export function gatehouseUrls(ports: GatehousePorts): GatehouseUrls {
  return {
    gateway: `http://localhost:${ports.gateway}`,
    ingest: `http://localhost:${ports.ingest}`,
    emulator: `http://localhost:${ports.emulator}`,
  };
}

/**
 * The whole environment of each program. A variable that stands in the row of other programs alone (a secret, say) is
 * kept from a program; whatever stands in no row is handed on.
 */
export function serviceEnvironments(input: ServiceEnvironmentInput): Record<AppName, NodeJS.ProcessEnv> {
  const rows = table(input);
  const named = new Set(
    Object.values(rows).flatMap((row) => [...Object.keys(row.fixed), ...Object.keys(row.defaults)]),
  );
  const unnamed = Object.entries(input.env).filter(([name]) => !named.has(name) && name !== 'NODE_OPTIONS');
  const environment = ({ fixed, defaults }: Row): NodeJS.ProcessEnv => {
    const chosen = Object.keys(defaults).map((name) => [name, input.env[name] || defaults[name]] as const);
    const all = [...unnamed, ...chosen, ...Object.entries(fixed)].filter(([, value]) => value !== undefined);
    return Object.fromEntries(all);
  };
  return {
    'clerk-emulator': input.emulatorStateFile === undefined ? {} : environment(rows['clerk-emulator']),
    'api-gateway': environment(rows['api-gateway']),
    'webhook-ingest': environment(rows['webhook-ingest']),
    'user-sync': environment(rows['user-sync']),
  };
}

function table({
  env,
  ports,
  settings,
  nats,
  databaseUrls,
  emulatorStateFile,
}: ServiceEnvironmentInput): Record<AppName, Row> {
  const urls = gatehouseUrls(ports);
  const emulated = emulatorStateFile !== undefined;
  const issuer = env.CLERK_ISSUER || (emulated ? urls.emulator : undefined);
  /** Made by us for the emulator; never beside the caller's own Clerk. */
  const made = (value: string) => (emulated ? value : undefined);
  // "localhost" is for people; it may also mean ::1, where the emulator does not listen.
  const emulator = `http://127.0.0.1:${ports.emulator}`;
  const shared = { HOST: '127.0.0.1', LOG_LEVEL: 'info' };
  const http = { TRUST_PROXY: undefined, REQUIRE_HTTPS: undefined };
  const retry = { RETRY_BASE_MS: undefined, RETRY_CAP_MS: undefined, RETRY_MAX: undefined };
  const database = { DATABASE_CA_FILE: undefined, DATABASE_POOL_SIZE: undefined };
  const webhookSecrets = {
    CLERK_WEBHOOK_SIGNING_SECRETS: env.CLERK_WEBHOOK_SIGNING_SECRET || made(settings.clerkWebhookSecret),
    CLERK_WEBHOOK_SIGNING_SECRET: undefined,
  };
  const fixed = (service: ServiceName, opsPort: number) => {
    const { user, password } = nats.credentials(service);
    return { NATS_URL: nats.url, NATS_USER: user, NATS_PASSWORD: password, OPS_PORT: String(opsPort) };
  };
  const verify = { ENVELOPE_PUBLIC_KEY: settings.envelopePublicKey };
  return {
    'clerk-emulator': {
      fixed: { PORT: String(ports.emulator) },
      defaults: {
        ...shared,
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
    },
    'webhook-ingest': {
      fixed: {
        ...fixed('webhook-ingest', ports.ingestOps),
        PORT: String(ports.ingest),
        DATABASE_URL: databaseUrls.ingest,
      },
      defaults: { ...shared, ...http, ...retry, ...database, ...webhookSecrets, ...verify, NATS_CA_FILE: undefined },
    },
    'user-sync': {
      fixed: { ...fixed('user-sync', ports.userSyncOps), DATABASE_URL: databaseUrls.users },
      defaults: {
        ...shared,
        ...retry,
        ...database,
        ...verify,
        NATS_CA_FILE: undefined,
        // The emulator is asked which instance it is, as Clerk is.
        ...(emulated ? {} : { CLERK_INSTANCE_ID: undefined }),
        CLERK_SECRET_KEY: made(settings.clerkSecretKey),
        CLERK_API_URL: made(emulator),
        // The emulator has no limit of its own unless it is told to.
        CLERK_REQUESTS_PER_10S: env.CLERK_API_URL ? undefined : made('100000'),
        // Only in the emulator does metadata make an admin: `npm start` and the tests get their first one so.
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
      },
    },
    'api-gateway': {
      fixed: { ...fixed('api-gateway', ports.gatewayOps), PORT: String(ports.gateway) },
      defaults: {
        ...shared,
        ...http,
        NATS_CA_FILE: undefined,
        CLERK_ISSUER: issuer,
        CLERK_JWT_KEY: undefined,
        CLERK_JWKS_URL: env.CLERK_ISSUER || env.CLERK_JWT_KEY ? undefined : made(`${emulator}/.well-known/jwks.json`),
        CLERK_AUTHORIZED_PARTIES: localOrigins,
        CLERK_ALLOW_IMPERSONATION: undefined,
        LEGACY_JWT_SECRETS: settings.legacyJwtSecret,
        LEGACY_JWT_TTL: undefined,
        ENVELOPE_PRIVATE_KEY: settings.envelopePrivateKey,
        CURSOR_KEY: settings.cursorKey,
        CORS_ORIGINS: localOrigins,
        PUBLIC_URL: urls.gateway,
        SIGN_IN_URL: made(urls.emulator),
        REDIRECT_ORIGINS: localOrigins,
        RATE_LIMIT_STORE: undefined,
      },
    },
  };
}
