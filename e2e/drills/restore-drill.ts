import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gatehouse, Leash, ManagedProcess, type PostgresServer, workspaceRoot } from '@gatehouse/local-stack';
import { type OwnNats, startOwnNats } from '@gatehouse/testing';
import { natsVariables, startOwnGatehouse } from '../own-gatehouse';
import { type BaseBackup, restoreBaseBackup, takeBaseBackup } from './base-backup';
import { DrillCalls } from './drill-calls';
import { startDrillServer } from './drill-server';

/** Services that end with the databases. The gateway and Clerk keep running. */
const LOST = ['webhook-ingest', 'user-sync', 'user-data', 'stream-keeper'] as const;

/** A Gatehouse whose PostgreSQL and NATS can be lost and restored. */
export class RestoreDrill extends DrillCalls {
  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    private readonly nats: OwnNats,
    private postgres: PostgresServer,
    readonly services: Gatehouse,
  ) {
    super(services);
  }

  static async start(): Promise<RestoreDrill> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-restore-'));
    // Another operating system user may run PostgreSQL.
    chmodSync(directory, 0o711);
    const leash = Leash.start();
    const [nats, postgres] = await Promise.all([
      startOwnNats(),
      startDrillServer(directory, leash, { name: 'first', durability: 'fast' }),
    ]);
    const gatehouse = await startOwnGatehouse(join(directory, 'state'), {
      DATABASE_URL: postgres.adminUrl,
      ...natsVariables(nats),
      RELAY_GRACE_MS: '500',
      REBUILD_GRACE_MS: '1000',
      REBUILD_POLL_MS: '250',
      WRITE_BACK_POLL_MS: '100',
      CLERK_CONFIRM_DELAY_MS: '100',
    });
    return new RestoreDrill(directory, leash, nats, postgres, gatehouse);
  }

  backUp(meanwhile: () => Promise<unknown>): Promise<BaseBackup> {
    return takeBaseBackup(this.postgres.adminUrl, join(this.directory, 'backup'), meanwhile);
  }

  /** Kills the services and both servers, and deletes everything that the servers have stored. */
  async loseEverything(): Promise<void> {
    await Promise.all(LOST.map((name) => this.services.apps[name].kill()));
    await Promise.all([this.postgres.process.kill(), this.nats.kill()]);
    rmSync(join(this.directory, 'first'), { recursive: true, force: true });
    this.nats.loseStore();
  }

  /** Starts a new PostgreSQL from the backup, and an empty NATS, but none of the services. */
  async restore(backup: BaseBackup): Promise<void> {
    restoreBaseBackup(backup, join(this.directory, 'second'));
    const { port } = this.postgres;
    const server = startDrillServer(this.directory, this.leash, { name: 'second', durability: 'fast', port });
    [this.postgres] = await Promise.all([server, this.nats.start()]);
  }

  async startServices(): Promise<void> {
    await Promise.all(LOST.map((name) => this.services.apps[name].start()));
  }

  /** Log of user-sync, which is kept outside of what is lost. */
  get userSyncLog(): string {
    return join(this.directory, 'state/logs/user-sync.log');
  }

  logOf(name: 'api-gateway' | 'webhook-ingest'): string {
    return readFileSync(join(this.directory, `state/logs/${name}.log`), 'utf8');
  }

  /** Runs a program of a service with the service's environment, as an operator does; returns what it prints. */
  async run(service: 'user-sync' | 'user-data' | 'webhook-ingest', program: string, args: string[]): Promise<string> {
    const lines: string[] = [];
    const child = await ManagedProcess.start({
      name: program,
      command: process.execPath,
      args: [join(workspaceRoot(), `dist/apps/${service}/src/${program}.js`), ...args],
      env: this.services.environments[service],
      logFile: join(this.directory, `${program}.log`),
      onLine: (line) => lines.push(line),
      leash: this.leash,
    });
    const { code } = await child.exited;
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${lines.join('\n')}`);
    return lines.join('\n');
  }

  async stop(): Promise<void> {
    await this.services.stop();
    await this.nats.dispose();
    await this.postgres.stop();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
