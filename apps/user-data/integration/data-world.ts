import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createEnvelopeSigner } from '@gatehouse/auth';
import {
  type Owner,
  type Principal,
  type ReplyOf,
  type RequestContract,
  type RequestOf,
  inboxPrefix,
  services,
} from '@gatehouse/contracts';
import { NatsClient, RequestClient } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, type TestDatabase, createTestDatabase, eventually, startOwnNats } from '@gatehouse/testing';
import { type INestApplication } from '@nestjs/common';
import { Client } from 'pg';
import { loadConfig } from '../src/config';
import { createApp } from '../src/create-app';
import { migrateData } from '../src/database/migrate-data';

/** Timeout of requests; generous, because the machine may be busy. */
const PATIENCE_MS = 20_000;
const logger = createLogger({ service: 'test', level: 'silent' });

/** Creates a migrated database of user-data. */
export function createDataDatabase(): Promise<TestDatabase> {
  return createTestDatabase({
    template: 'data',
    workerRole: services['user-data'].workerRole,
    migrate: (url) => migrateData({ url }),
  });
}

/** A caller with a session, of the tier free and the role user unless `fields` says otherwise. */
export function caller(fields: Partial<Principal> = {}): Principal {
  return {
    userId: randomUUID(),
    clerkUserId: null,
    method: 'clerk_session',
    role: 'user',
    tier: 'free',
    scopes: [],
    sessionId: 'sess_1',
    ...fields,
  };
}

/** The owner in whose name an admin acts. */
export function ownerOf({ userId, tier }: Principal): Owner {
  return { userId, tier };
}

/** Variables of the environment of the service. */
type Variables = Readonly<Record<string, string>>;

/** A running user-data with a database and a NATS server of its own, and a gateway that sends it requests. */
export class DataWorld {
  private constructor(
    readonly database: TestDatabase,
    readonly nats: OwnNats,
    readonly app: INestApplication,
    private readonly gateway: NatsClient,
    private readonly requests: RequestClient,
  ) {}

  /** Starts the service. `variables` replace those of its environment, and may follow from its database. */
  static async start(variables: Variables | ((database: TestDatabase) => Promise<Variables>) = {}): Promise<DataWorld> {
    const keys = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const [database, nats] = await Promise.all([createDataDatabase(), startOwnNats()]);
    const config = loadConfig({
      DATABASE_URL: database.serviceUrl,
      WORKER_DATABASE_URL: database.workerUrl,
      NATS_URL: nats.url,
      NATS_USER: 'user-data',
      NATS_PASSWORD: nats.as('user-data').pass,
      OPS_PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      ENVELOPE_PUBLIC_KEYS: keys.publicKey,
      CURSOR_SECRET: 'a-secret-of-the-tests-that-is-long-enough',
      ...(typeof variables === 'function' ? await variables(database) : variables),
    });
    const app = await createApp(config, logger);
    const gateway = new NatsClient(
      {
        servers: [nats.url],
        user: 'api-gateway',
        password: nats.as('api-gateway').pass,
        name: 'api-gateway',
        inboxPrefix: inboxPrefix('api-gateway'),
      },
      logger,
    );
    await gateway.start();
    return new DataWorld(
      database,
      nats,
      app,
      gateway,
      new RequestClient(gateway, createEnvelopeSigner(keys.privateKey), PATIENCE_MS, PATIENCE_MS / 2),
    );
  }

  /** Sends a request as the gateway does for this caller. `requestId`: that of the HTTP request, by default a new one. */
  send<Contract extends RequestContract>(
    contract: Contract,
    request: RequestOf<Contract>,
    principal: Principal | null,
    requestId: string = randomUUID(),
  ): Promise<ReplyOf<Contract>> {
    return this.requests.send(contract, request, { principal, requestId });
  }

  /** Runs a statement as a superuser, whom row-level security does not restrict: for assertions only. */
  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    const client = new Client({ connectionString: this.database.adminUrl });
    await client.connect();
    try {
      return (await client.query<Row>(text, values)).rows;
    } finally {
      await client.end();
    }
  }

  /** Runs `work` with a transaction of a superuser, to hold locks. */
  async holding(work: (holder: Client) => Promise<void>): Promise<void> {
    const holder = new Client({ connectionString: this.database.adminUrl });
    await holder.connect();
    try {
      await holder.query('BEGIN');
      await work(holder);
    } finally {
      await holder.end();
    }
  }

  /** Waits until this many statements wait for a lock: of anybody, or of `holder`. */
  async waiting(count: number, holder?: Client): Promise<void> {
    const pid = (await holder?.query<{ pid: number }>('SELECT pg_backend_pid() AS pid'))?.rows[0]?.pid ?? null;
    await eventually(async () => {
      const rows = await this.query(
        `SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'
            AND ($1::int IS NULL OR $1 = ANY (pg_blocking_pids(pid)))`,
        [pid],
      );
      expect(rows).toHaveLength(count);
    });
  }

  /** Stops everything. `disconnect` closes what else is connected to the database, before it is dropped. */
  async stop(disconnect?: () => Promise<void>): Promise<void> {
    await this.gateway.close();
    await this.app.close();
    await this.nats.dispose();
    await disconnect?.();
    await this.database.drop();
  }
}
