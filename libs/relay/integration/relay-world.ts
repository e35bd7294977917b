import { randomUUID } from 'node:crypto';
import { usersStream } from '@gatehouse/contracts';
import { NatsClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import {
  OPERATOR,
  type OwnNats,
  RepeatedWork,
  TcpProxy,
  type StreamBackup,
  type TestDatabase,
  backUpStream,
  createTestDatabase,
  eventually,
  restoreStream,
  startOwnNats,
} from '@gatehouse/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { Client, Pool } from 'pg';
import { createStreamTables } from '../src/outbox-tables';
import { createOutboxTriggers } from '../src/outbox-triggers';
import { type RelayPace, type RelayServers, type StartedRelay, startRelay } from './start-relay';
import { type Thing } from './things-source';

const log = createLogger({ service: 'relay-test', level: 'silent' });
/** The comparison of hundreds of rows takes seconds on a busy machine. */
const PATIENCE = { timeoutMs: 120_000 };
const READS_AT_ONCE = 50;
const { name: stream } = usersStream;

/** A message as it is on the stream. */
export interface Published {
  readonly kind: string;
  readonly version: number;
  readonly epoch: number;
  readonly content?: string;
}

/** A relay of a process of its own, behind a proxy to NATS. */
interface RunningRelay extends StartedRelay {
  readonly proxy: TcpProxy;
  /** Stops this relay alone. */
  readonly stop: () => Promise<void>;
}

/** One table `things`, the stream that shows it, and relays between them. */
export class RelayWorld {
  readonly relays: RunningRelay[] = [];
  operator!: JetStreamManager;
  private operatorClient!: NatsClient;
  private readonly clients: NatsClient[] = [];
  private keeper!: RepeatedWork;

  private constructor(
    readonly database: TestDatabase,
    readonly nats: OwnNats,
    readonly sql: Pool,
  ) {}

  /** @param options.place folder for the store of nats-server @param options.program nats-server to run */
  static async start(options: { readonly place?: string; readonly program?: string } = {}): Promise<RelayWorld> {
    const database = await createTestDatabase({ template: 'relay', migrate });
    const sql = new Pool({ connectionString: database.adminUrl, max: 1 });
    const world = new RelayWorld(database, await startOwnNats(options), sql);
    const maker = new StreamMaker(await world.connect('stream-keeper'), { replicas: 1 });
    world.keeper = await RepeatedWork.start(async () => void (await maker.createIfMissing(usersStream)));
    world.operatorClient = await world.connect(OPERATOR);
    world.operator = await jetstreamManager(world.operatorClient.get(), { timeout: 10_000 });
    return world;
  }

  /** What a relay connects to. @param natsUrl NATS, or a proxy to it */
  relayServers(natsUrl = this.nats.url): RelayServers {
    return { databaseUrl: this.database.serviceUrl, nats: this.loginOf('user-sync', natsUrl) };
  }

  /** Starts a further relay. */
  async startRelay(pace: RelayPace = {}): Promise<RunningRelay> {
    const proxy = await TcpProxy.start(this.nats.url);
    const started = await startRelay(this.relayServers(proxy.url), pace);
    const running = {
      ...started,
      proxy,
      stop: async () => {
        this.relays.splice(this.relays.indexOf(running), 1);
        proxy.resume();
        started.relay.onModuleDestroy();
        await started.relay.beforeApplicationShutdown();
        await started.nats.close();
        await proxy.cut();
        await started.dataSource.destroy();
      },
    };
    this.relays.push(running);
    return running;
  }

  async insert(content = 'first'): Promise<string> {
    const id = randomUUID();
    await this.sql.query('INSERT INTO things (id, content) VALUES ($1, $2)', [id, content]);
    return id;
  }

  async change(id: string, content: string): Promise<void> {
    await this.sql.query('UPDATE things SET content = $2, version = version + 1 WHERE id = $1', [id, content]);
  }

  async hide(id: string): Promise<void> {
    await this.sql.query('UPDATE things SET deleted = true, version = version + 1 WHERE id = $1', [id]);
  }

  /** Makes a refill due. */
  async makeRefillDue(): Promise<void> {
    await this.sql.query(`UPDATE stream_epochs SET completed_at = now() - interval '2 hours'`);
  }

  backUpStream(): Promise<StreamBackup> {
    return backUpStream(this.operatorClient.get(), stream);
  }

  /** Replaces the stream by a backup of it, while relays stay connected. */
  async restoreStream(backup: StreamBackup): Promise<void> {
    await this.keeper.hold();
    await restoreStream(this.operatorClient.get(), backup);
    this.keeper.release();
  }

  /** Collects, from now on, what the server was asked for messages of the stream and did not find. */
  async listenToVainReads(): Promise<string[]> {
    const reads: string[] = [];
    const client = this.operatorClient.get();
    client.subscribe('$JS.EVENT.ADVISORY.API', {
      callback: (_, message) => {
        const { subject, request } = message.json<{ subject: string; request?: string }>();
        if (subject === `$JS.API.STREAM.MSG.GET.${stream}`) reads.push(request ?? '');
      },
    });
    await client.flush();
    return reads;
  }

  /** Publishes a message that is none of a relay, as nobody should. */
  async publish(key: string, content: object): Promise<void> {
    await this.operatorClient.get().request(`users.changed.${key}`, JSON.stringify(content), { timeout: 60_000 });
  }

  /** The number of the last epoch, once it is complete and later than `earlier`. */
  completed(earlier = 0): Promise<number> {
    return eventually(async () => {
      const { rows } = await this.sql.query<{ epoch: string; state: string }>('SELECT epoch, state FROM stream_epochs');
      const [row] = rows;
      return row?.state === 'complete' && Number(row.epoch) > earlier ? Number(row.epoch) : null;
    }) as Promise<number>;
  }

  async message(id: string): Promise<Published | undefined> {
    return (await this.operator.streams.getMessage(stream, { last_by_subj: `users.changed.${id}` }))?.json<Published>();
  }

  /**
   * Waits until the outbox is empty and the stream holds every row, published in the current epoch, and nothing else
   * but deletions of rows that are gone.
   */
  async untilEqual(): Promise<void> {
    await eventually(async () => {
      const { rows: waiting } = await this.sql.query('SELECT key FROM stream_outbox');
      expect(waiting).toEqual([]);
      const { rows } = await this.sql.query<Thing & { readonly epoch: string }>(
        'SELECT things.*, epoch FROM things, stream_epochs',
      );
      const found = await this.messages();
      const differing = rows.flatMap((row) => {
        const { id, version, content, deleted, epoch } = row;
        const message = found.get(id);
        found.delete(id);
        const shown = deleted ? message?.kind === 'deleted' : message?.content === content;
        return shown && message?.version === version && message.epoch === Number(epoch) ? [] : [{ row, message }];
      });
      expect(differing).toEqual([]);
      expect([...found.values()].filter(({ kind }) => kind !== 'deleted')).toEqual([]);
    }, PATIENCE);
  }

  /** Every message on the stream but the marker, by the id of its row. */
  private async messages(): Promise<Map<string, Published>> {
    const { state } = await this.operator.streams.info(stream, { subjects_filter: '>' });
    const ids = Object.keys(state.subjects ?? {}).flatMap((subject) => /[0-9a-f-]{36}$/.exec(subject)?.[0] ?? []);
    const found = new Map<string, Published>();
    // A read without an answer, as nats-server 2.9.10 was seen to leave one under load, is sent again.
    for (let first = 0; first < ids.length; first += READS_AT_ONCE) {
      const some = ids.slice(first, first + READS_AT_ONCE);
      const messages = await Promise.all(some.map((id) => this.message(id).catch(() => this.message(id))));
      some.forEach((id, index) => messages[index] !== undefined && found.set(id, messages[index]));
    }
    return found;
  }

  /** Stops the relays. */
  async stopRelays(): Promise<void> {
    for (const relay of [...this.relays]) await relay.stop();
  }

  async dispose(): Promise<void> {
    await this.stopRelays();
    await this.keeper.stop();
    for (const client of this.clients) await client.close();
    await this.nats.dispose();
    await this.sql.end();
    await this.database.drop();
  }

  private loginOf(user: Parameters<OwnNats['as']>[0], url = this.nats.url): RelayServers['nats'] {
    const { user: name, pass: password, inboxPrefix } = this.nats.as(user);
    return { servers: [url], user: name, password, name, inboxPrefix };
  }

  private async connect(user: Parameters<OwnNats['as']>[0]): Promise<NatsClient> {
    const client = new NatsClient(this.loginOf(user), log);
    await client.start();
    await eventually(() => client.connected);
    this.clients.push(client);
    return client;
  }
}

async function migrate(ownerUrl: string): Promise<void> {
  const owner = new Client({ connectionString: ownerUrl });
  await owner.connect();
  await owner.query(
    `CREATE TABLE things (
       id uuid PRIMARY KEY, version integer NOT NULL DEFAULT 1, content text NOT NULL, deleted boolean NOT NULL DEFAULT false)`,
  );
  const triggers = createOutboxTriggers({
    table: 'things',
    key: (row) => `${row}.id::text`,
    fields: { content: ['content'] },
  });
  for (const statement of [...createStreamTables, ...triggers]) await owner.query(statement);
  await owner.end();
}
