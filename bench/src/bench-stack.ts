import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsAccounts, natsIdentities, natsPasswordVariable } from '@gatehouse/contracts';
import {
  type Gatehouse,
  Leash,
  ManagedProcess,
  type NatsServer,
  NatsServerNotFoundError,
  freePort,
  freePorts,
  resolveNatsServer,
  startGatehouse,
  startNatsServer,
  withClient,
  workspaceRoot,
  workspaceState,
} from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { connect } from '@nats-io/transport-node';
import { jetstreamManager } from '@nats-io/jetstream';
import { cpuTimeMs } from './cpu-time';
import { loadInstance } from './http-load';
import { type PeerSettings } from './peer';

const POOL_SIZE = 10;
/** The peer's NATS user. It is in the account of the streams, so that its messages cross no border of accounts. */
const PEER = { user: 'peer', password: 'peer' };
const PEER_TABLE = `
  CREATE TABLE peer_events (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, webhook_id text NOT NULL UNIQUE, event_type text NOT NULL,
    clerk_user_id text NOT NULL, status text NOT NULL, body bytea NOT NULL, created_at timestamptz NOT NULL DEFAULT now()
  )`;

/** Processor time, in milliseconds. */
export interface CpuUse {
  readonly serviceMs: number;
  readonly postgresMs: number;
  readonly natsMs: number;
}

/** A running peer. */
export interface Peer {
  readonly port: number;
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

/** A Gatehouse on durable servers, which a peer can share. */
export class BenchStack {
  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    readonly gatehouse: Gatehouse,
    private readonly nats: NatsServer,
  ) {}

  static async start(env: Record<string, string> = {}): Promise<BenchStack> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
    const leash = Leash.start();
    const program = await resolveNatsServer({ env: { PATH: process.env.PATH }, stateDirectory: workspaceState() });
    if (program.kind !== 'program') throw new NatsServerNotFoundError('The benchmark needs a nats-server program.');
    const nats = await startNatsServer({
      program,
      directory: join(directory, 'nats'),
      logFile: join(directory, 'nats.log'),
      accounts: natsAccounts((identity) => identity, [PEER]),
      syncAlways: true,
      leash,
    });
    const gatehouse = await startGatehouse({
      root: workspaceRoot(),
      stateDirectory: join(directory, 'state'),
      programDirectory: workspaceState(),
      ports: await freePorts(),
      durability: 'durable',
      env: {
        PATH: process.env.PATH,
        LOG_LEVEL: 'info',
        DATABASE_POOL_SIZE: String(POOL_SIZE),
        NATS_URL: nats.url,
        ...Object.fromEntries(natsIdentities.map((identity) => [natsPasswordVariable(identity), identity])),
        CLERK_INSTANCE_ID: loadInstance,
        // The users of the load do not exist at Clerk.
        CLERK_WRITE_BACK: 'off',
        ...env,
      },
    });
    return new BenchStack(directory, leash, gatehouse, nats);
  }

  get secret(): string {
    return this.gatehouse.environments['webhook-ingest'].CLERK_WEBHOOK_SIGNING_SECRETS ?? '';
  }

  /** Starts the peer on the same PostgreSQL and NATS. */
  async startPeer(): Promise<Peer> {
    const { gatehouse } = this;
    const { ownerUrl } = gatehouse.databases.ingest;
    await withClient(ownerUrl, (client) => client.query(PEER_TABLE));
    const connection = await connect({ servers: gatehouse.natsUrl, user: PEER.user, pass: PEER.password });
    await (
      await jetstreamManager(connection, { timeout: 20_000 })
    ).streams.add({ name: 'PEER_EVENTS', subjects: ['peer.events.>'] });
    await connection.close();
    const settings: PeerSettings = {
      port: await freePort(),
      databaseUrl: ownerUrl,
      poolSize: POOL_SIZE,
      natsUrl: gatehouse.natsUrl,
      secret: this.secret,
      natsUser: PEER.user,
      natsPassword: PEER.password,
    };
    const file = join(this.directory, 'peer.json');
    writeFileSync(file, JSON.stringify(settings), { mode: 0o600 });
    const child = await ManagedProcess.start({
      name: 'peer',
      command: process.execPath,
      args: [join(workspaceRoot(), 'dist/bench/src/peer.js'), file],
      cwd: workspaceRoot(),
      env: { PATH: process.env.PATH },
      logFile: join(this.directory, 'peer.log'),
      leash: this.leash,
    });
    await eventually(() => fetch(`http://127.0.0.1:${settings.port}/`));
    return { port: settings.port, pid: child.pid, stop: async () => void (await child.stop()) };
  }

  /** Processor time of a service and of the servers so far. */
  cpu(servicePid: number | undefined): CpuUse {
    const lock = readFileSync(join(this.directory, 'state/postgres/data/postmaster.pid'), 'utf8');
    return {
      serviceMs: cpuTimeMs([servicePid]),
      postgresMs: cpuTimeMs([Number(lock.split('\n')[0])]),
      natsMs: cpuTimeMs([this.nats.process.pid]),
    };
  }

  /** Queries the database of the ledger. */
  async ledger<Row extends object>(text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.gatehouse.databases.ingest.ownerUrl, async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  /** Waits until all accepted events were applied. */
  async drained(timeoutMs = 300_000): Promise<void> {
    await eventually(
      async () => {
        const [open] = await this.ledger<{ n: number }>(
          `SELECT count(*)::int AS n FROM webhook_events WHERE status IN ('pending', 'processing')`,
        );
        return open?.n === 0;
      },
      { timeoutMs, intervalMs: 500 },
    );
  }

  /** Resident memory of a service, in MiB. */
  residentMiB(name: 'webhook-ingest' | 'user-sync'): number {
    const { pid } = this.gatehouse.apps[name];
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
  }

  async stop(): Promise<void> {
    await this.gatehouse.stop();
    await this.nats.stop();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
