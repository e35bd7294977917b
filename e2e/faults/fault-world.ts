import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DatabaseName } from '@gatehouse/contracts';
import { type AppProcess, type Gatehouse, Leash, freePort, startPostgres, withClient } from '@gatehouse/local-stack';
import { OPERATOR, type OwnNats, eventually, startOwnNats } from '@gatehouse/testing';
import { connect } from '@nats-io/transport-node';
import { natsVariables, startOwnGatehouse } from '../own-gatehouse';
import { ClerkSide } from './clerk-side';
import { KeptServices } from './kept-services';
import { OwnPostgres } from './own-postgres';
import { Replicas, services } from './replicas';
import { type SmallDisks, mountDisks } from './small-disk';

/** The services that can be armed, restarted and kept down. */
export type Victim = 'webhook-ingest' | 'user-sync' | 'user-data' | 'stream-keeper';

const PASSWORD = 'faults';

/** The environment of the matrix: a Gatehouse whose servers can be killed and whose services are restarted. */
export class FaultWorld {
  private readonly kept = new KeptServices();
  readonly replicas: Replicas;
  /** Number of redriven events in the ledger. */
  redriven = 0;
  private readonly usual = new Map<Victim, NodeJS.ProcessEnv>();
  private readonly clerk: ClerkSide;

  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    readonly nats: OwnNats,
    readonly postgres: OwnPostgres,
    readonly gatehouse: Gatehouse,
    private readonly smallDisks: SmallDisks | undefined,
  ) {
    this.clerk = new ClerkSide(gatehouse);
    this.replicas = new Replicas(gatehouse, this.kept, directory, leash);
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
    const [nats, postgres] = await Promise.all([
      startOwnNats(disks && { place: disks.nats.path }),
      OwnPostgres.start(startServer),
    ]);
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
    const world = new FaultWorld(directory, leash, nats, postgres, gatehouse, disks);
    for (const name of services) world.kept.keep(gatehouse.apps[name]);
    return world;
  }

  /** Number of restarts of a service. */
  get restarts(): number {
    return this.kept.restarts;
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
      { timeoutMs: 60_000 },
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

  /** Creates a user with an API key for what users own. */
  makeCaller(name: string): Promise<{ userId: string; key: string }> {
    return this.clerk.makeCaller(name, ['profile:read', 'items:write', 'uploads:write', 'tokens:write']);
  }

  get disks(): SmallDisks {
    if (this.smallDisks === undefined) throw new Error('this world has no small disks');
    return this.smallDisks;
  }

  /** Versions of the servers. */
  async versions(): Promise<{ nats: string; postgres: string }> {
    const connection = await connect({ ...this.nats.as(OPERATOR), timeout: 20_000 });
    const nats = connection.info?.version ?? 'unknown';
    await connection.close();
    return { nats, postgres: this.postgres.version };
  }

  /** Queries a database directly. */
  query<Row extends object>(database: DatabaseName, text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.gatehouse.databases[database].serviceUrl, async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  async stop(): Promise<void> {
    this.kept.end();
    await this.replicas.kill();
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
