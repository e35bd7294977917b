import { generateKeyPairSync } from 'node:crypto';
import { createEnvelopeSigner } from '@gatehouse/auth';
import {
  type ClerkMovement,
  type EventMetadata,
  type Outcome,
  clerkEventsStream,
  encodeEventHeaders,
  eventMessageId,
  eventSubject,
} from '@gatehouse/contracts';
import { JetStream, NatsClient, RequestClient, StreamMaker } from '@gatehouse/messaging';
import { OpsServer, createLogger } from '@gatehouse/observability';
import {
  OPERATOR,
  type OwnNats,
  RepeatedWork,
  type TestDatabase,
  createTestDatabase,
  eventually,
  startOwnNats,
} from '@gatehouse/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection } from '@nats-io/transport-node';
import { type INestApplication } from '@nestjs/common';
import { Pool } from 'pg';
import { type Logger } from 'pino';
import { type UserSyncConfig, loadConfig } from '../src/config';
import { createApp } from '../src/create-app';
import { migrateUsers } from '../src/database/migrate-users';
import { ClerkApi } from './clerk-api';
import { type EventJson, metadata, newWebhookId } from './clerk-events';
import { LedgerReports } from './ledger-reports';

/** Timeout of requests; generous, because the machine may be busy. */
const PATIENCE_MS = 20_000;
/** A lost message is redelivered while a test still waits for it. */
const ACK_WAIT_MS = 10_000;
/** Settings with which write-backs and retries take milliseconds. */
export const quickWriteBacks = {
  CLERK_WRITE_BACK: 'on',
  WRITE_BACK_POLL_MS: '20',
  CLERK_CONFIRM_DELAY_MS: '20',
  RETRY_BASE_MS: '50',
  RETRY_CAP_MS: '100',
};
/** Longest wait for Clerk: longer than a busy machine stands still, and shorter than `PATIENCE_MS`. */
const CLERK_PATIENCE_MS = 10_000;

/** Intervals of periodic work that a test changes, in milliseconds. */
type Pace = Partial<UserSyncConfig['intervals']>;

/** The NATS users as which a test acts, beside user-sync. */
const CLIENTS = ['webhook-ingest', 'api-gateway', 'stream-keeper', OPERATOR] as const;
type ClientName = (typeof CLIENTS)[number];
const logger = createLogger({ service: 'user-sync-test', level: 'silent' });

/** A database with the migrations of user-sync. */
export function usersDatabase(): Promise<TestDatabase> {
  return createTestDatabase({ template: 'users', migrate: (url) => migrateUsers({ url }) });
}

/** user-sync with real PostgreSQL, real NATS with production's accounts, and a Clerk Backend API. */
export class SyncWorld {
  readonly apps: INestApplication[] = [];
  private clerkWaitMs = CLERK_PATIENCE_MS;
  /** Creates missing streams and consumers, as stream-keeper does. */
  keeper!: RepeatedWork;
  private sql!: Pool;
  private readonly reports = new LedgerReports(() => this.administrator());

  private constructor(
    readonly database: TestDatabase,
    readonly nats: OwnNats,
    readonly clerk: ClerkApi,
    private readonly keys: { readonly publicKey: string; readonly privateKey: string },
    private readonly clients: ReadonlyMap<ClientName, NatsClient>,
  ) {}

  static async start(): Promise<SyncWorld> {
    const nats = await startOwnNats();
    const keys = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const clients = new Map(CLIENTS.map((name) => [name, connectAs(nats, name)]));
    const world = new SyncWorld(await usersDatabase(), nats, await new ClerkApi().start(), keys, clients);
    world.sql = new Pool({ connectionString: world.database.adminUrl, max: 1 });
    await eventually(() => [...clients.values()].every(({ connected }) => connected));
    const maker = new StreamMaker(world.client('stream-keeper'), { replicas: 1, ackWaitMs: ACK_WAIT_MS });
    world.keeper = await RepeatedWork.start(() => maker.createAll());
    return world;
  }

  /** Starts another instance of the service; resolves when it serves requests. */
  async boot(
    environment: Record<string, string> = {},
    pace: Pace = {},
    log: Logger = logger,
  ): Promise<INestApplication> {
    const app = await this.launch(environment, pace, log);
    // It connects in the background. After a flush, the server knows all its subscriptions.
    await eventually(() => app.get(NatsClient).get().flush());
    return app;
  }

  /** Starts another instance of the service, as main.ts does; NATS may be unavailable. */
  async launch(
    environment: Record<string, string> = {},
    pace: Pace = {},
    log: Logger = logger,
  ): Promise<INestApplication> {
    const config = loadConfig({
      NATS_URL: this.nats.url,
      NATS_USER: 'user-sync',
      NATS_PASSWORD: 'user-sync',
      DATABASE_URL: this.database.serviceUrl,
      CLERK_SECRET_KEY: 'sk_test_userSyncIntegration',
      CLERK_API_URL: this.clerk.url,
      CLERK_REQUESTS_PER_10S: '100000',
      // Most users of the tests do not exist at Clerk.
      CLERK_WRITE_BACK: 'off',
      // Tests create their admins at Clerk.
      CLERK_SEED_ROLES: 'user,developer,admin',
      ENVELOPE_PUBLIC_KEYS: this.keys.publicKey,
      IDEMPOTENCY_SECRET: 'a-secret-of-the-tests-that-is-long-enough',
      HOST: '127.0.0.1',
      OPS_PORT: '0',
      ...environment,
    });
    const intervals = {
      ...config.intervals,
      adminCensus: 200,
      adminPromises: 100,
      reconcilePause: 500,
      ...pace,
    };
    const clerkWaits = new Proxy(config.clerkWaits, { get: () => this.clerkWaitMs });
    const app = await createApp({ ...config, intervals, clerkWaits }, log);
    this.apps.push(app);
    return app;
  }

  /** Sets how long all instances wait for Clerk while a caller waits. Tests of a silent Clerk shorten it for a while. */
  waitForClerk(ms = CLERK_PATIENCE_MS): void {
    this.clerkWaitMs = ms;
  }

  async closeApps(): Promise<void> {
    for (const app of this.apps.splice(0)) await app.close();
  }

  async dispose(): Promise<void> {
    await this.closeApps();
    await this.keeper.stop();
    for (const client of this.clients.values()) await client.close();
    await this.sql.end();
    await this.clerk.stop();
    await this.nats.dispose();
    await this.database.drop();
  }

  /** Publishes an event, as webhook-ingest does. Returns the content of its headers. */
  async publish(event: EventJson | string, changes: Partial<EventMetadata> = {}): Promise<EventMetadata> {
    const about = metadata(typeof event === 'string' ? 'user.updated' : event.type, changes);
    const message = {
      stream: clerkEventsStream,
      subject: eventSubject(about.eventType),
      messageId: eventMessageId(about.webhookId, about.publishNumber),
      headers: encodeEventHeaders(about),
      data: new TextEncoder().encode(typeof event === 'string' ? event : JSON.stringify(event)),
    };
    // Repeated under the same id, as the relay does: a new stream may not accept messages at once.
    await eventually(() => new JetStream(this.client('webhook-ingest')).publish(message));
    return about;
  }

  /** Publishes a message without the headers of an event. */
  async publishBare(): Promise<void> {
    await new JetStream(this.client('webhook-ingest')).publish({
      stream: clerkEventsStream,
      subject: eventSubject('user.created'),
      messageId: newWebhookId(),
      data: new TextEncoder().encode('{}'),
    });
  }

  /** Answer of the operations port of the last instance. */
  async operations(path: string): Promise<string> {
    const port = this.apps.at(-1)?.get(OpsServer, { strict: false }).port;
    return (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  }

  /** A metric of the last instance, by name and labels; NaN while it is missing. */
  async metric(name: string): Promise<number> {
    const line = (await this.operations('/metrics')).split('\n').find((each) => each.startsWith(`${name} `));
    return Number(line?.split(' ').at(-1) ?? Number.NaN);
  }

  /** Publishes an event and waits for its outcome. */
  async deliver(event: EventJson | string, changes: Partial<EventMetadata> = {}): Promise<Outcome> {
    return this.outcomeOf(await this.publish(event, changes));
  }

  /** Waits for the outcome of a publish. */
  outcomeOf({ webhookId, publishNumber }: EventMetadata, timeoutMs = 60_000): Promise<Outcome> {
    return eventually(
      async () => {
        const outcomes = await this.outcomes();
        return outcomes.find((one) => one.webhookId === webhookId && one.publishNumber === publishNumber) ?? null;
      },
      { timeoutMs, intervalMs: 50 },
    ) as Promise<Outcome>;
  }

  /** All outcomes, in order. */
  outcomes(): Promise<readonly Outcome[]> {
    return this.reports.outcomes();
  }

  /** Published movements of Clerk, in order. */
  movements(): Promise<readonly ClerkMovement[]> {
    return this.reports.movements();
  }

  /** Rows, read directly from the database. */
  async query<Row = Record<string, unknown>>(text: string, values: unknown[] = []): Promise<Row[]> {
    const { rows } = await this.sql.query(text, values);
    return rows as Row[];
  }

  /** Number of database sessions that wait for a lock. */
  async lockWaits(): Promise<number> {
    const waiting = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    return (await this.query(waiting)).length;
  }

  async user(clerkUserId: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.query('SELECT * FROM users WHERE clerk_user_id = $1', [clerkUserId]);
    return row;
  }

  async decisionsOf(clerkUserId: string): Promise<string[]> {
    const rows = await this.query<{ decision: string }>(
      'SELECT decision FROM applied_events WHERE clerk_user_id = $1 ORDER BY step',
      [clerkUserId],
    );
    return rows.map(({ decision }) => decision);
  }

  /** JetStream, with an operator's permissions. */
  administrator(): Promise<JetStreamManager> {
    return jetstreamManager(this.client(OPERATOR).get(), { timeout: PATIENCE_MS });
  }

  /** Client that sends requests as the gateway. */
  get gateway(): RequestClient {
    return new RequestClient(
      this.client('api-gateway'),
      createEnvelopeSigner(this.keys.privateKey),
      PATIENCE_MS,
      PATIENCE_MS / 2,
    );
  }

  /** The gateway's connection, with the gateway's permissions. */
  get gatewayConnection(): NatsConnection {
    return this.client('api-gateway').get();
  }

  private client(name: ClientName): NatsClient {
    const client = this.clients.get(name);
    if (client === undefined) throw new Error(`no client ${name}`);
    return client;
  }
}

function connectAs(nats: OwnNats, name: ClientName): NatsClient {
  const { servers, user, pass, inboxPrefix } = nats.as(name);
  const client = new NatsClient(
    { servers: [servers], user, password: pass, name: `test-${name}`, inboxPrefix },
    logger,
  );
  void client.start();
  return client;
}
