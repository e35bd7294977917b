import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventsConsumer, outcomesConsumer } from '@gatehouse/contracts';
import {
  AppProcess,
  type Gatehouse,
  Leash,
  type OwnNats,
  type PostgresServer,
  eventually,
  freePort,
  freePorts,
  startGatehouse,
  startOwnNats,
  startPostgres,
  withClient,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/testing';
import { AckPolicy, DeliverPolicy, jetstreamManager } from '@nats-io/jetstream';
import { connect, nanos } from '@nats-io/transport-node';

/** The two services of the event's way. */
export type Victim = 'webhook-ingest' | 'user-sync';

const ACK_WAIT_MS = 2_000;
const PASSWORD = 'faults';
const RESTART_PAUSE_MS = 50;

/** What the matrix runs on: a whole Gatehouse on servers that can be killed, with services that are started again. */
export class FaultWorld {
  private readonly kept = new Map<AppProcess, Promise<void>>();
  private readonly extra = new Set<AppProcess>();
  private closing = false;
  /** How often a service was started again. */
  restarts = 0;

  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    readonly nats: OwnNats,
    private postgres: PostgresServer,
    private readonly startServer: () => Promise<PostgresServer>,
    readonly gatehouse: Gatehouse,
  ) {}

  static async start(instanceId: string, env: Record<string, string> = {}): Promise<FaultWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
    const leash = Leash.start();
    const port = await freePort();
    const startServer = () =>
      startPostgres({
        directory: join(directory, 'postgres'),
        logFile: join(directory, 'postgres.log'),
        superuserPassword: PASSWORD,
        port,
        // A crash must lose nothing here that it would not lose in production.
        durability: 'durable',
        leash,
      });
    const [nats, postgres] = await Promise.all([
      startOwnNats({ users: [{ user: 'all', password: PASSWORD }] }),
      startServer(),
    ]);
    await shortenAckWait(nats);
    const gatehouse = await startGatehouse({
      root: workspaceRoot(),
      stateDirectory: join(directory, 'state'),
      programDirectory: workspaceState(),
      ports: await freePorts(),
      env: {
        PATH: process.env.PATH,
        DATABASE_URL: postgres.adminUrl,
        NATS_URL: nats.url,
        NATS_USER: 'all',
        NATS_PASSWORD: PASSWORD,
        CLERK_INSTANCE_ID: instanceId,
        LOG_LEVEL: 'warn',
        RETRY_BASE_MS: '200',
        RETRY_CAP_MS: '1000',
        RETRY_MAX: '3',
        RELAY_GRACE_MS: '500',
        RELAY_POLL_MS: '100',
        RELAY_LEASE_MS: '3000',
        REBUILD_GRACE_MS: '2000',
        REBUILD_POLL_MS: '250',
        // The users of the load are not at Clerk.
        CLERK_WRITE_BACK: 'off',
        ...env,
      },
    });
    const world = new FaultWorld(directory, leash, nats, postgres, startServer, gatehouse);
    world.keep(gatehouse.apps['webhook-ingest']);
    world.keep(gatehouse.apps['user-sync']);
    return world;
  }

  /** The ports that take deliveries. */
  readonly ingestPorts: number[] = [];

  app(name: Victim): AppProcess {
    return this.gatehouse.apps[name];
  }

  /** Starts a service anew with failpoints, or without. */
  async arm(name: Victim, failpoints: string | undefined): Promise<void> {
    const environment = this.gatehouse.environments[name];
    if (failpoints === undefined) delete environment.FAILPOINTS;
    else environment.FAILPOINTS = failpoints;
    // Whoever keeps it alive starts it again.
    await this.app(name).kill();
    await eventually(() => this.app(name).pid !== undefined, { timeoutMs: 60_000 });
  }

  /** Runs a second one of both services; it shares everything but its ports. */
  async addReplicas(): Promise<void> {
    for (const name of ['webhook-ingest', 'user-sync'] as const) {
      const [port, opsPort] = [await freePort(), await freePort()];
      const app = new AppProcess({
        name,
        root: workspaceRoot(),
        environment: { ...this.gatehouse.environments[name], PORT: String(port), OPS_PORT: String(opsPort) },
        logFile: join(this.directory, `${name}-2.log`),
        readyUrl: `http://127.0.0.1:${opsPort}/readyz`,
        leash: this.leash,
      });
      await app.start();
      this.extra.add(app);
      this.keep(app);
      if (name === 'webhook-ingest') this.ingestPorts.push(port);
    }
  }

  async removeReplicas(): Promise<void> {
    this.ingestPorts.length = 0;
    const extra = [...this.extra];
    this.extra.clear();
    for (const app of extra) {
      this.kept.delete(app);
      await app.stop();
    }
  }

  /** Every replica, one after the other: SIGTERM, and started again when it has ended. */
  async rollingRestart(): Promise<void> {
    for (const app of [this.app('webhook-ingest'), this.app('user-sync'), ...this.extra]) {
      await app.stop();
      await eventually(() => app.pid !== undefined, { timeoutMs: 60_000 });
    }
  }

  async killPostgres(): Promise<void> {
    await this.postgres.process.kill();
  }

  async startPostgres(): Promise<void> {
    this.postgres = await this.startServer();
  }

  get adminUrl(): string {
    return this.postgres.adminUrl;
  }

  /** Of the servers. */
  async versions(): Promise<{ nats: string; postgres: string }> {
    const connection = await connect({ servers: this.nats.url, user: 'all', pass: PASSWORD, timeout: 5_000 });
    const nats = connection.info?.version ?? 'unknown';
    await connection.close();
    return { nats, postgres: this.postgres.version };
  }

  /** Looks into a database past the services. */
  query<Row extends object>(database: 'ingest' | 'users', text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.gatehouse.databases[database].serviceUrl, async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  async stop(): Promise<void> {
    this.closing = true;
    await Promise.all([...this.extra].map((app) => app.kill()));
    await this.gatehouse.stop();
    await Promise.all(this.kept.values());
    await this.nats.dispose();
    await this.postgres.stop();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Starts a service again whenever it is down, as an orchestrator does. */
  private keep(app: AppProcess): void {
    const run = async (): Promise<void> => {
      while (!this.closing && (this.kept.has(app) || app.pid !== undefined)) {
        try {
          if (app.pid === undefined) {
            this.restarts += 1;
            await app.start();
          }
        } catch {
          // Killed while it started: once more.
        }
        await new Promise((resolve) => setTimeout(resolve, RESTART_PAUSE_MS));
      }
    };
    this.kept.set(app, Promise.resolve());
    this.kept.set(app, run());
  }
}

/** A consumer that is there is left as it is: with a short `ack_wait`, what a crash left in hand comes again soon. */
async function shortenAckWait(nats: OwnNats): Promise<void> {
  const connection = await connect({ servers: nats.url, user: 'all', pass: PASSWORD, timeout: 5_000 });
  try {
    const manager = await jetstreamManager(connection);
    for (const { stream, durable, maxAckPending } of [eventsConsumer, outcomesConsumer]) {
      await manager.streams.add({ name: stream.name, subjects: [...stream.subjects] });
      await manager.consumers.add(stream.name, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ack_wait: nanos(ACK_WAIT_MS),
        max_ack_pending: maxAckPending,
        max_deliver: -1,
      });
    }
  } finally {
    await connection.close();
  }
}
