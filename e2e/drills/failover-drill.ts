import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Gatehouse, Leash, type PostgresServer, withClient } from '@gatehouse/local-stack';
import { TcpProxy, eventually } from '@gatehouse/testing';
import { startOwnGatehouse } from '../own-gatehouse';
import { makeStandby, takeBaseBackup } from './base-backup';
import { DrillCalls } from './drill-calls';
import { startDrillServer } from './drill-server';

const STANDBY = 'standby';

/** A Gatehouse whose PostgreSQL has a streaming standby. The services reach the primary through a virtual address. */
export class FailoverDrill extends DrillCalls {
  private standby: PostgresServer | undefined;
  private generation = 0;

  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    private primary: PostgresServer,
    private readonly address: TcpProxy,
    readonly services: Gatehouse,
  ) {
    super(services);
  }

  static async start(): Promise<FailoverDrill> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-failover-'));
    // Another operating system user may run PostgreSQL.
    chmodSync(directory, 0o711);
    const leash = Leash.start();
    const primary = await startDrillServer(directory, leash, { name: 'primary', durability: 'durable' });
    const address = await TcpProxy.start(primary.adminUrl);
    const services = await startOwnGatehouse(join(directory, 'state'), {
      DATABASE_URL: address.url,
      WRITE_BACK_POLL_MS: '100',
      CLERK_CONFIRM_DELAY_MS: '100',
      WEBHOOK_RETRY_SCHEDULE_MS: '500,500,1000,1000,2000,2000,5000,5000',
    });
    return new FailoverDrill(directory, leash, primary, address, services);
  }

  /** Makes a standby from a base backup and waits until it streams. @param synchronous whether commits wait for it */
  async addStandby(synchronous: boolean): Promise<void> {
    this.generation += 1;
    const name = `standby-${this.generation}`;
    const backup = await takeBaseBackup(
      this.primary.adminUrl,
      join(this.directory, `${name}-backup`),
      async () => undefined,
    );
    makeStandby(backup, join(this.directory, name), this.primary.adminUrl, STANDBY);
    this.standby = await startDrillServer(this.directory, this.leash, { name, durability: 'durable' });
    await eventually(async () => expect(await this.streaming()).toBe(1));
    if (!synchronous) return;
    await this.change(this.primary, `synchronous_standby_names = '${STANDBY}'`);
    await eventually(async () => expect(await this.streaming(`sync_state = 'sync'`)).toBe(1));
  }

  /** Bytes of WAL that the standby has not replayed. */
  lag(): Promise<number> {
    return withClient(this.primary.adminUrl, async (client) => {
      const text = 'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::int AS bytes FROM pg_stat_replication';
      return (await client.query<{ bytes: number }>(text)).rows[0]?.bytes ?? Number.NaN;
    });
  }

  /** Stops the replication, as when the standby is cut off. Later commits are missing on it. */
  async detachStandby(): Promise<void> {
    await this.change(this.server, `primary_conninfo = ''`);
    await eventually(async () => expect(await this.streaming()).toBe(0));
  }

  /** Kills the primary, promotes the standby and moves the virtual address to it. */
  async failOver(): Promise<void> {
    await this.primary.process.kill();
    const { server } = this;
    await withClient(server.adminUrl, (client) => client.query('SELECT pg_promote()'));
    this.address.leadTo(server.adminUrl);
    [this.primary, this.standby] = [server, undefined];
  }

  logOf(name: 'api-gateway' | 'user-sync' | 'webhook-ingest'): string {
    return readFileSync(join(this.directory, `state/logs/${name}.log`), 'utf8');
  }

  /** Checks of every service that fail now. */
  async failing(): Promise<string[]> {
    const { ports } = this.services;
    const all = [ports.gatewayOps, ports.ingestOps, ports.userSyncOps, ports.streamKeeperOps];
    const answers = await Promise.all(
      all.map(async (port) => (await fetch(`http://127.0.0.1:${port}/readyz`)).json() as Promise<{ error?: object }>),
    );
    return answers.flatMap(({ error = {} }) => Object.keys(error));
  }

  async stop(): Promise<void> {
    await this.services.stop();
    await this.address.cut();
    await this.standby?.stop();
    await this.primary.stop();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private get server(): PostgresServer {
    if (this.standby === undefined) throw new Error('there is no standby');
    return this.standby;
  }

  private async streaming(condition = 'true'): Promise<number> {
    return withClient(this.primary.adminUrl, async (client) => {
      const text = `SELECT FROM pg_stat_replication WHERE state = 'streaming' AND ${condition}`;
      return (await client.query(text)).rowCount ?? 0;
    });
  }

  private async change({ adminUrl }: PostgresServer, setting: string): Promise<void> {
    await withClient(adminUrl, async (client) => {
      await client.query(`ALTER SYSTEM SET ${setting}`);
      await client.query('SELECT pg_reload_conf()');
    });
  }
}
