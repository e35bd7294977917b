import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AppProcess,
  type Gatehouse,
  Leash,
  type PostgresServer,
  connectionUrl,
  freePort,
  startPostgres,
  withClient,
  workspaceRoot,
} from '@gatehouse/local-stack';
import { OPERATOR, type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { connect } from '@nats-io/transport-node';
import { natsVariables, startOwnGatehouse } from '../own-gatehouse';
import { ClerkSide } from './clerk-side';
import { KeptServices } from './kept-services';
import { type SmallDisks, mountDisks } from './small-disk';

/** The services that process events or keep their streams. */
export type Victim = 'webhook-ingest' | 'user-sync' | 'stream-keeper';

/** Services that are restarted when they are down. */
export const services = ['webhook-ingest', 'user-sync', 'api-gateway', 'stream-keeper'] as const;

interface Ports {
  readonly port: number;
  readonly opsPort: number;
}

const PASSWORD = 'faults';

/** The environment of the matrix: a Gatehouse whose servers can be killed and whose services are restarted. */
export class FaultWorld {
  private readonly kept = new KeptServices();
  private readonly extra = new Map<AppProcess, Ports>();
  private readonly leaving = new Set<number>();
  /** Number of redriven events in the ledger. */
  redriven = 0;
  private readonly usual = new Map<Victim, NodeJS.ProcessEnv>();
  private readonly clerk: ClerkSide;

  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    readonly nats: OwnNats,
    private postgres: PostgresServer,
    private readonly startServer: () => Promise<PostgresServer>,
    readonly gatehouse: Gatehouse,
    private readonly smallDisks: SmallDisks | undefined,
  ) {
    this.clerk = new ClerkSide(gatehouse);
  }

  /** @param smallDisks puts the servers' data on disks that can be filled; throws where that is not possible */
  static async start(
    instanceId: string,
    { smallDisks = false, env = {} }: { readonly smallDisks?: boolean; readonly env?: Record<string, string> } = {},
  ): Promise<FaultWorld> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-faults-'));
    const leash = Leash.start();
    const disks = smallDisks ? await mountDisks(leash) : undefined;
    const port = await freePort();
    const startServer = () =>
      startPostgres({
        directory: disks?.postgres.path ?? join(directory, 'postgres'),
        ...(disks === undefined ? {} : { identity: disks.postgres.postgresIdentity }),
        logFile: join(directory, 'postgres.log'),
        superuserPassword: PASSWORD,
        port,
        // Durable as in production, so that a crash loses nothing more.
        durability: 'durable',
        leash,
      });
    const [nats, postgres] = await Promise.all([startOwnNats(disks && { place: disks.nats.path }), startServer()]);
    const gatehouse = await startOwnGatehouse(join(directory, 'state'), {
      DATABASE_URL: postgres.adminUrl,
      ...natsVariables(nats),
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
      ACK_WAIT_MS: '2000',
      // Users that are not at Clerk belong to other cells: a reconcile run must not delete them.
      RECONCILE_MAX_DELETIONS: '0',
      // The users of the load are not at Clerk.
      CLERK_WRITE_BACK: 'off',
      ...env,
    });
    const world = new FaultWorld(directory, leash, nats, postgres, startServer, gatehouse, disks);
    for (const name of services) world.kept.keep(gatehouse.apps[name]);
    return world;
  }

  /** Number of restarts of a service. */
  get restarts(): number {
    return this.kept.restarts;
  }

  /** Ports for deliveries: of every replica that is not shutting down. */
  get ingestPorts(): number[] {
    const replicas = [...this.extra].filter(([{ name }]) => name === 'webhook-ingest').map(([, { port }]) => port);
    return [this.gatehouse.ports.ingest, ...replicas].filter((port) => !this.leaving.has(port));
  }

  app(name: Victim): AppProcess {
    return this.gatehouse.apps[name];
  }

  /** Restarts a service with or without failpoints. */
  arm(name: Victim, failpoints: string | undefined): Promise<void> {
    return this.restart(name, failpoints === undefined ? {} : { FAILPOINTS: failpoints });
  }

  /** Restarts a service with additional variables. */
  async restart(name: Victim, variables: NodeJS.ProcessEnv = {}): Promise<void> {
    const environment = this.gatehouse.environments[name];
    const usual = this.usual.get(name) ?? { ...environment };
    this.usual.set(name, usual);
    for (const key of Object.keys(environment)) delete environment[key];
    Object.assign(environment, usual, variables);
    // KeptServices restarts it.
    await this.app(name).kill();
    await eventually(() => this.app(name).pid !== undefined, { timeoutMs: 60_000 });
  }

  /** Kills a service and prevents its restart. */
  async hold(name: Victim): Promise<void> {
    this.kept.release(this.app(name));
    await this.app(name).kill();
  }

  /** Allows the restart of a service that was kept down. */
  release(name: Victim): void {
    this.kept.keep(this.app(name));
  }

  /** Waits until a service is ready. */
  async ready(name: Victim): Promise<void> {
    const { OPS_PORT } = this.gatehouse.environments[name];
    await eventually(async () => (await fetch(`http://127.0.0.1:${OPS_PORT}/readyz`)).ok, { timeoutMs: 60_000 });
  }

  /** Waits until a readiness check of a service fails. */
  async notReady(name: Victim, check: string): Promise<void> {
    const { OPS_PORT } = this.gatehouse.environments[name];
    await eventually(
      async () => {
        const response = await fetch(`http://127.0.0.1:${OPS_PORT}/readyz`);
        const { error = {} } = (await response.json()) as { error?: Record<string, unknown> };
        return check in error;
      },
      { timeoutMs: 30_000 },
    );
  }

  /** Calls the gateway as an admin who is signed in at Clerk. */
  asAdmin(path: string, request: RequestInit): Promise<Response> {
    return this.clerk.callAsAdmin(path, request);
  }

  /** Creates users at Clerk without webhooks and returns their ids. */
  makeClerkUsers(count: number, name: string): Promise<string[]> {
    return this.clerk.makeUsers(count, name);
  }

  get disks(): SmallDisks {
    if (this.smallDisks === undefined) throw new Error('this world has no small disks');
    return this.smallDisks;
  }

  /** Runs a second replica of every service, with the same configuration except its ports. */
  async addReplicas(): Promise<void> {
    for (const name of services) {
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
      this.extra.set(app, { port, opsPort });
      this.kept.keep(app);
    }
  }

  async removeReplicas(): Promise<void> {
    const extra = [...this.extra.keys()];
    this.extra.clear();
    for (const app of extra) {
      this.kept.release(app);
      await app.stop();
    }
  }

  /** Restarts the replicas one after the other. Like an orchestrator, sends nothing to a replica until it is ready. */
  async rollingRestart(): Promise<void> {
    const all = new Map(this.extra);
    for (const name of services) {
      const { PORT, OPS_PORT } = this.gatehouse.environments[name];
      all.set(this.gatehouse.apps[name], { port: Number(PORT), opsPort: Number(OPS_PORT) });
    }
    for (const [app, { port, opsPort }] of all) {
      this.leaving.add(port);
      await app.stop();
      await eventually(async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok, { timeoutMs: 60_000 });
      this.leaving.delete(port);
    }
  }

  async killPostgres(): Promise<void> {
    await this.postgres.process.kill();
  }

  async startPostgres(): Promise<void> {
    this.postgres = await this.startServer();
  }

  /** Starts the server unless it runs; it may have exited on a full disk. Returns when it accepts connections. */
  async startPostgresIfDown(): Promise<void> {
    await eventually(
      async () => {
        if (!this.postgres.process.running) await this.startPostgres();
        await withClient(this.adminUrl, (client) => client.query('SELECT 1'));
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
  }

  /** Sends a signal to every process of PostgreSQL. */
  signalPostgres(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.postgres.process;
    const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const pairs = all.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    for (const [child] of pairs.filter(([own, parent]) => own === pid || parent === pid)) {
      if (child !== undefined) process.kill(child, signal);
    }
  }

  get adminUrl(): string {
    return this.postgres.adminUrl;
  }

  /** Versions of the servers. */
  async versions(): Promise<{ nats: string; postgres: string }> {
    const connection = await connect({ ...this.nats.as(OPERATOR), timeout: 5_000 });
    const nats = connection.info?.version ?? 'unknown';
    await connection.close();
    return { nats, postgres: this.postgres.version };
  }

  /** Queries a database directly. */
  query<Row extends object>(database: 'ingest' | 'users', text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.gatehouse.databases[database].serviceUrl, async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  /** Runs a statement that needs a superuser. */
  superuserQuery<Row extends object>(database: 'ingest' | 'users', text: string): Promise<Row[]> {
    const name = decodeURIComponent(new URL(this.gatehouse.databases[database].serviceUrl).pathname.slice(1));
    return withClient(connectionUrl(this.adminUrl, { database: name }), async (client) => {
      return (await client.query<Row>(text)).rows;
    });
  }

  async stop(): Promise<void> {
    this.kept.end();
    await Promise.all([...this.extra.keys()].map((app) => app.kill()));
    await this.gatehouse.stop();
    await this.kept.idle();
    await this.nats.dispose();
    await this.postgres.stop();
    await this.smallDisks?.postgres.unmount();
    await this.smallDisks?.nats.unmount();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
