import { execFileSync } from 'node:child_process';
import { type DatabaseName } from '@gatehouse/contracts';
import { type PostgresServer, connectionUrl, databaseRoles, withClient } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';

/** The PostgreSQL server of the matrix, which can be killed, suspended and started again on its data. */
export class OwnPostgres {
  private constructor(
    private readonly startServer: () => Promise<PostgresServer>,
    private server: PostgresServer,
  ) {}

  /** @param startServer starts the server, each time on the same port and the same data */
  static async start(startServer: () => Promise<PostgresServer>): Promise<OwnPostgres> {
    return new OwnPostgres(startServer, await startServer());
  }

  get adminUrl(): string {
    return this.server.adminUrl;
  }

  get version(): string {
    return this.server.version;
  }

  async kill(): Promise<void> {
    await this.server.process.kill();
  }

  async restart(): Promise<void> {
    this.server = await this.startServer();
  }

  /** Starts the server unless it runs; it may have exited on a full disk. Returns when it accepts connections. */
  async restartIfDown(): Promise<void> {
    await eventually(
      async () => {
        if (!this.server.process.running) await this.restart();
        await withClient(this.adminUrl, (client) => client.query('SELECT 1'));
      },
      { timeoutMs: 60_000, intervalMs: 200 },
    );
  }

  /** Sends a signal to every process of the server. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    const { pid } = this.server.process;
    const all = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
    const pairs = all.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
    for (const [child] of pairs.filter(([own, parent]) => own === pid || parent === pid)) {
      if (child !== undefined) process.kill(child, signal);
    }
  }

  /** Runs a statement that needs a superuser, or sees the rows of all users. */
  query<Row extends object>(database: DatabaseName, text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(connectionUrl(this.adminUrl, { database: databaseRoles(database).database }), async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  /** Closes the connections to one database and accepts no more until it is opened again. */
  async setAccepting(name: DatabaseName, accepting: boolean): Promise<void> {
    const { database } = databaseRoles(name);
    await withClient(this.adminUrl, async (client) => {
      await client.query(`ALTER DATABASE "${database}" ALLOW_CONNECTIONS ${accepting}`);
      if (!accepting) {
        await client.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [database]);
      }
    });
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}
