import 'reflect-metadata';
import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { createEnvelopeSigner } from '@gatehouse/auth';
import { type EventMetadata, type NatsIdentity, clerkEventsStream, decodeEventHeaders } from '@gatehouse/contracts';
import { JetStream, NatsClient, RequestClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { createDataSource, runMigrations } from '@gatehouse/persistence';
import { withClient } from '@gatehouse/local-stack';
import {
  OPERATOR,
  type OwnNats,
  PATIENCE_MS,
  RepeatedWork,
  type TestDatabase,
  createTestDatabase,
  startOwnNats,
} from '@gatehouse/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { type INestApplication } from '@nestjs/common';
import { loadConfig } from '../src/config';
import { createApp } from '../src/create-app';
import { WebhookEdge } from '../src/receive-webhook/webhook-edge';
import { migrationDatabase } from '../src/database/database-options';

export const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
export const otherSecret = `whsec_${Buffer.alloc(24, 9).toString('base64')}`;
const envelopeKeys = generateKeyPairSync('ed25519', {
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
/** Long enough for a busy machine, and short enough for a test that waits for a redelivery. */
const ACK_WAIT_MS = 5_000;
const quiet = createLogger({ service: 'test', level: 'silent' });

/** A running webhook-ingest. */
export interface Ingest {
  readonly app: INestApplication;
  readonly url: string;
  /** All lines of its log. */
  readonly logs: () => string;
  readonly close: () => Promise<void>;
}

/** A message of the event stream. */
export interface PublishedEvent {
  readonly subject: string;
  readonly messageId: string;
  readonly metadata: EventMetadata;
  readonly body: Buffer;
}

/** Differences from a valid delivery. */
export interface DeliveryOptions {
  readonly id?: string;
  readonly secret?: string;
  readonly timestamp?: number | string;
  readonly signature?: string;
  readonly headers?: Record<string, string>;
  readonly path?: string;
  readonly contentType?: string;
}

/** The bytes of an event of Clerk, by name of the fixture. */
export function fixture(name: string): Buffer {
  return readFileSync(join(__dirname, '../fixtures/clerk', `${name}.json`));
}

/** A small `user.created` event of this user. */
export function userCreated(clerkUserId = 'user_1', more: Record<string, unknown> = {}): Buffer {
  return Buffer.from(
    JSON.stringify({
      type: 'user.created',
      object: 'event',
      timestamp: 1_790_000_000_000,
      data: { id: clerkUserId },
      ...more,
    }),
  );
}

/** A new webhook id. */
export function newId(): string {
  return `msg_${randomBytes(12).toString('hex')}`;
}

/** The Svix signature of a delivery. */
export function sign(key: string, id: string, timestamp: number | string, body: Uint8Array): string {
  const hmac = createHmac('sha256', Buffer.from(key.slice('whsec_'.length), 'base64'));
  return `v1,${hmac.update(`${id}.${timestamp}.`).update(body).digest('base64')}`;
}

/** Sends a delivery over HTTP, signed like Clerk's. */
export async function deliver(
  url: string,
  body: Uint8Array,
  options: DeliveryOptions = {},
): Promise<{ status: number; json: Record<string, unknown>; headers: Headers }> {
  const id = options.id ?? newId();
  const timestamp = options.timestamp ?? Math.floor(Date.now() / 1000);
  const response = await fetch(`${url}${options.path ?? '/webhooks/clerk'}`, {
    method: 'POST',
    headers: {
      'content-type': options.contentType ?? 'application/json',
      'svix-id': id,
      'svix-timestamp': String(timestamp),
      'svix-signature': options.signature ?? sign(options.secret ?? secret, id, timestamp, body),
      ...options.headers,
    },
    body: Buffer.from(body),
  });
  return {
    status: response.status,
    json: (await response.json()) as Record<string, unknown>,
    headers: response.headers,
  };
}

/** The servers of one test file, and the services that run on them. */
export class IngestHarness {
  private readonly running = new Set<Ingest>();
  private readonly clients: NatsClient[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly nats: OwnNats,
    private readonly keeperClient: NatsClient,
    private readonly keeper: RepeatedWork,
  ) {}

  /** Starts the servers; every stream and consumer exists. */
  static async create(): Promise<IngestHarness> {
    const database = await createTestDatabase({ template: 'ingest', migrate });
    const nats = await startOwnNats();
    const keeperClient = connectAs(nats, 'stream-keeper');
    const maker = new StreamMaker(keeperClient, { replicas: 1, ackWaitMs: ACK_WAIT_MS });
    return new IngestHarness(database, nats, keeperClient, await RepeatedWork.start(() => maker.createAll()));
  }

  /** Prevents that missing streams and consumers are created, as if stream-keeper were down. */
  holdKeeper(): Promise<void> {
    return this.keeper.hold();
  }

  releaseKeeper(): void {
    this.keeper.release();
  }

  /** Starts the service like main.ts, with additional variables. */
  async start(variables: Record<string, string> = {}): Promise<Ingest> {
    const lines: string[] = [];
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        lines.push(chunk.toString());
        done();
      },
    });
    const config = loadConfig({
      PORT: '0',
      OPS_PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'debug',
      DATABASE_URL: this.database.serviceUrl,
      NATS_URL: this.nats.url,
      NATS_USER: 'webhook-ingest',
      NATS_PASSWORD: 'webhook-ingest',
      CLERK_WEBHOOK_SIGNING_SECRETS: secret,
      ENVELOPE_PUBLIC_KEYS: envelopeKeys.publicKey,
      RELAY_GRACE_MS: '200',
      RELAY_POLL_MS: '20',
      REBUILD_GRACE_MS: '200',
      REBUILD_POLL_MS: '50',
      RETRY_BASE_MS: '40',
      RETRY_CAP_MS: '160',
      RETRY_MAX: '2',
      ...variables,
    });
    const app = await createApp(
      config,
      createLogger({ service: 'webhook-ingest', level: config.logLevel }, destination),
    );
    const ingest: Ingest = {
      app,
      url: app.get(WebhookEdge).url,
      logs: () => lines.join(''),
      close: async () => {
        if (this.running.delete(ingest)) await app.close();
      },
    };
    this.running.add(ingest);
    return ingest;
  }

  /** A client with the NATS user of another service. */
  client(identity: NatsIdentity): { nats: NatsClient; jetStream: JetStream } {
    const nats = connectAs(this.nats, identity);
    this.clients.push(nats);
    return { nats, jetStream: new JetStream(nats) };
  }

  /** Sends requests like the gateway, with a real envelope. */
  requests(sign = createEnvelopeSigner(envelopeKeys.privateKey)): RequestClient {
    return new RequestClient(this.client('api-gateway').nats, sign);
  }

  /** Queries the database directly, as an administrator. */
  sql<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.database.adminUrl, async (client) => (await client.query<Row>(text, values)).rows);
  }

  /** The ledger row of a delivery. */
  async row(webhookId: string): Promise<Record<string, unknown> | undefined> {
    const [row] = await this.sql<Record<string, unknown>>(
      `SELECT event.*, body FROM webhook_events event
         LEFT JOIN event_bodies stored ON stored.event_id = event.id AND stored.created_at = event.created_at
        WHERE webhook_id = $1`,
      [webhookId],
    );
    return row;
  }

  /** Locks a row of the ledger while `work` runs. */
  lockRow<Result>(webhookId: string, work: () => Promise<Result>): Promise<Result> {
    return withClient(this.database.ownerUrl, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM webhook_events WHERE webhook_id = $1 FOR UPDATE', [webhookId]);
      try {
        return await work();
      } finally {
        await client.query('COMMIT');
      }
    });
  }

  /** Uses JetStream directly, as an operator. */
  async administer<Result>(work: (manager: JetStreamManager) => Promise<Result>): Promise<Result> {
    const connection = await connect({ ...this.nats.as(OPERATOR), reconnect: false, timeout: PATIENCE_MS });
    try {
      return await work(await jetstreamManager(connection, { timeout: PATIENCE_MS }));
    } finally {
      await connection.close();
    }
  }

  /** All messages of the event stream, in order. */
  published(): Promise<PublishedEvent[]> {
    return this.administer(async (manager) => {
      const { state } = await manager.streams.info(clerkEventsStream.name);
      const events: PublishedEvent[] = [];
      for (let seq = Math.max(state.first_seq, 1); seq <= state.last_seq; seq += 1) {
        const message = await manager.streams.getMessage(clerkEventsStream.name, { seq });
        if (message === null) continue;
        events.push({
          subject: message.subject,
          messageId: message.header.get('Nats-Msg-Id'),
          metadata: decodeEventHeaders((name) => message.header.get(name) || undefined),
          body: Buffer.from(message.data),
        });
      }
      return events;
    });
  }

  /** Stops the services and clients, and leaves the servers running. */
  async stopAll(): Promise<void> {
    await Promise.all([...this.running].map(({ close }) => close()));
    await Promise.all(this.clients.splice(0).map((client) => client.close()));
  }

  async dispose(): Promise<void> {
    await this.stopAll();
    await this.keeper.stop();
    await this.keeperClient.close();
    await this.nats.dispose();
    await this.database.drop();
  }
}

function connectAs(nats: OwnNats, identity: NatsIdentity): NatsClient {
  const { servers, user, pass: password, inboxPrefix } = nats.as(identity);
  const client = new NatsClient({ servers: [servers], user, password, name: user, inboxPrefix }, quiet);
  void client.start();
  return client;
}

async function migrate(url: string): Promise<void> {
  const dataSource = await createDataSource(migrationDatabase({ url })).initialize();
  try {
    await runMigrations(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
