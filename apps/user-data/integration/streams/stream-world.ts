import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { createEnvelopeSigner } from '@gatehouse/auth';
import {
  type Principal,
  type ReplyOf,
  type RequestContract,
  type RequestOf,
  inboxPrefix,
  userChangeSubject,
  usersEpochSubject,
  usersStream,
} from '@gatehouse/contracts';
import { NatsClient, RequestClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { OPERATOR, type OwnNats, RepeatedWork, type TestDatabase, eventually, startOwnNats } from '@gatehouse/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type INestApplication } from '@nestjs/common';
import { Pool } from 'pg';
import { loadConfig } from '../../src/config';
import { createApp } from '../../src/create-app';
import { createDataDatabase } from '../data-world';

const PATIENCE_MS = 20_000;
const logger = createLogger({ service: 'test', level: 'silent' });

/** Replicas of user-data with real PostgreSQL and NATS, and a test that plays user-sync on the stream of users. */
export class StreamWorld {
  readonly apps: INestApplication[] = [];

  private constructor(
    readonly database: TestDatabase,
    readonly nats: OwnNats,
    /** Creates missing streams, as stream-keeper does. */
    readonly keeper: RepeatedWork,
    private readonly publicKey: string,
    private readonly keeperClient: NatsClient,
    private readonly gateway: NatsClient,
    private readonly requests: RequestClient,
    private readonly sql: Pool,
    /** May do everything in the account of the streams. */
    private readonly operator: NatsConnection,
  ) {}

  static async start(program?: string): Promise<StreamWorld> {
    const keys = generateKeyPairSync('ed25519', {
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    });
    const [database, nats] = await Promise.all([createDataDatabase(), startOwnNats({ program })]);
    const [keeperClient, gateway] = [clientOf(nats, 'stream-keeper'), clientOf(nats, 'api-gateway')];
    await Promise.all([keeperClient.start(), gateway.start()]);
    const maker = new StreamMaker(keeperClient, { replicas: 1 });
    const keeper = await RepeatedWork.start(() => maker.createAll());
    const sql = new Pool({ connectionString: database.adminUrl, max: 1 });
    const requests = new RequestClient(gateway, createEnvelopeSigner(keys.privateKey), PATIENCE_MS, PATIENCE_MS / 2);
    const operator = await connect({ ...nats.as(OPERATOR), maxReconnectAttempts: -1, reconnectTimeWait: 100 });
    return new StreamWorld(database, nats, keeper, keys.publicKey, keeperClient, gateway, requests, sql, operator);
  }

  /** Starts a replica. `natsUrl` may lead through a proxy. */
  async boot(variables: Readonly<Record<string, string>> = {}, natsUrl = this.nats.url): Promise<INestApplication> {
    const app = await createApp(loadConfig(this.environment(variables, natsUrl)), logger);
    this.apps.push(app);
    return app;
  }

  /** Variables of the environment of a replica. */
  environment(variables: Readonly<Record<string, string>> = {}, natsUrl = this.nats.url): Record<string, string> {
    return {
      DATABASE_URL: this.database.serviceUrl,
      WORKER_DATABASE_URL: this.database.workerUrl ?? '',
      NATS_URL: natsUrl,
      NATS_USER: 'user-data',
      NATS_PASSWORD: this.nats.as('user-data').pass,
      OPS_PORT: '0',
      HOST: '127.0.0.1',
      LOG_LEVEL: 'silent',
      ENVELOPE_PUBLIC_KEYS: this.publicKey,
      CURSOR_SECRET: 'a-secret-of-the-tests-that-is-long-enough',
      ...variables,
    };
  }

  /** Stops every replica. */
  async stopApps(): Promise<void> {
    await Promise.all(this.apps.splice(0).map((app) => app.close()));
  }

  /** Sends a request as the gateway does for this caller. */
  send<Contract extends RequestContract>(
    contract: Contract,
    request: RequestOf<Contract>,
    principal: Principal,
  ): Promise<ReplyOf<Contract>> {
    return this.requests.send(contract, request, { principal, requestId: randomUUID() });
  }

  /** Runs a statement as a superuser. */
  async query<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return (await this.sql.query<Row>(text, values)).rows;
  }

  /** Publishes as user-sync does. */
  async publishUser(kind: 'user' | 'deleted', id: string, version: number, epoch = 1): Promise<void> {
    const user = kind === 'deleted' ? { id } : publicUser(id);
    const at = new Date().toISOString();
    await this.publish(userChangeSubject(id), { kind, version, epoch, at, changed: [], user });
  }

  /** Publishes the markers of an epoch, around what `rows` publishes. */
  async publishEpoch(epoch: number, rows: () => Promise<void> = async () => undefined): Promise<void> {
    const marker = { kind: 'epoch', epoch, at: new Date().toISOString() };
    await this.publish(usersEpochSubject, { ...marker, state: 'rebuilding' });
    await rows();
    await this.publish(usersEpochSubject, { ...marker, state: 'complete', rows: 0 });
  }

  /** The last message of a subject, parsed; undefined without one. */
  async last(stream: string, subject: string): Promise<Record<string, unknown> | undefined> {
    const manager = await this.manager();
    const message = await manager.streams.getMessage(stream, { last_by_subj: subject });
    return message === null ? undefined : message.json();
  }

  /** By subject, the parsed messages of a stream that match. */
  async messages(stream: string, subjects: string): Promise<Map<string, Record<string, unknown>>> {
    const found = new Map<string, Record<string, unknown>>();
    const manager = await this.manager();
    for (let seq = 1; ;) {
      const query = { seq, next_by_subj: subjects } as { seq: number };
      const message = await manager.streams.getMessage(stream, query);
      if (message === null) return found;
      found.set(message.subject, message.json());
      seq = message.seq + 1;
    }
  }

  /** Collects the parsed messages of a subject from now on. */
  async listen(subject: string): Promise<Record<string, unknown>[]> {
    const received: Record<string, unknown>[] = [];
    this.operator.subscribe(subject, { callback: (_, message) => void received.push(message.json()) });
    await this.operator.flush();
    return received;
  }

  async manager(): Promise<JetStreamManager> {
    return jetstreamManager(this.operator, { timeout: PATIENCE_MS });
  }

  /** Deletes the stream of users; the keeper creates it again, empty. */
  async loseUsers(): Promise<void> {
    await (await this.manager()).streams.delete(usersStream.name);
    await eventually(async () => (await this.manager()).streams.info(usersStream.name));
  }

  async stop(): Promise<void> {
    await this.stopApps();
    await this.keeper.stop();
    await Promise.all([this.keeperClient.close(), this.gateway.close(), this.operator.close(), this.sql.end()]);
    await this.nats.dispose();
    await this.database.drop();
  }

  private async publish(subject: string, content: object): Promise<void> {
    const reply = await this.operator.request(subject, JSON.stringify(content), { timeout: PATIENCE_MS });
    expect(reply.json()).toMatchObject({ stream: usersStream.name });
  }
}

function clientOf(nats: OwnNats, name: 'stream-keeper' | 'api-gateway'): NatsClient {
  const { pass } = nats.as(name);
  return new NatsClient(
    { servers: [nats.url], user: name, password: pass, name, inboxPrefix: inboxPrefix(name) },
    logger,
  );
}

function publicUser(id: string): object {
  const named = { email: null, phoneNumber: null, firstName: null, lastName: null, fullName: null, username: null };
  const flags = { emailVerified: false, phoneVerified: false, isActive: true };
  const rest = { clerkUserId: null, profileImageUrl: null, role: 'user', tier: 'free' };
  return { id, ...named, ...flags, ...rest, createdAt: '2026-01-05T10:00:00.000Z' };
}
