import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { natsAccounts, natsIdentities } from '@gatehouse/contracts';
import {
  Leash,
  ManagedProcess,
  firstNatsClient,
  freePort,
  natsConfigText,
  resolveNatsServer,
  workspaceState,
} from '@gatehouse/local-stack';
import { PATIENCE_MS } from '@gatehouse/testing';

/**
 * Which accounts nats-server has.
 *
 * - `one`: the earlier layout. All users are in nats-server's global account, and the streams too.
 * - `each`: the accounts of production.
 */
export type Layout = 'one' | 'each';

/** Account that nats-server uses when its configuration names none. */
const GLOBAL_ACCOUNT = '$G';
const users = natsIdentities.map((identity) => ({ user: identity, password: identity }));
/** Lets the services find the streams in their own account, as they did before. */
const EARLIER_NAMES = 'mappings { "$JS.streams.API.>": "$JS.API.>" }\n';

/** A nats-server that keeps its port and its store when it is restarted with another layout. */
export class ChangingNats {
  private readonly directory = mkdtempSync(join(tmpdir(), 'gatehouse-layouts-'));
  private readonly leash = Leash.start();
  private server: ManagedProcess | undefined;

  private constructor(
    private readonly program: { readonly path: string; readonly version: string },
    private readonly port: number,
  ) {
    this.leash.removeAtEnd(this.directory);
  }

  static async create(): Promise<ChangingNats> {
    const { NATS_URL: _, ...env } = process.env;
    const program = await resolveNatsServer({ env, stateDirectory: workspaceState() });
    if (program.kind !== 'program') throw new Error('this test needs a nats-server program');
    return new ChangingNats(program, await freePort());
  }

  get url(): string {
    return `nats://127.0.0.1:${this.port}`;
  }

  /** Starts the server; resolves when a user can connect. */
  async start(layout: Layout): Promise<void> {
    const config = join(this.directory, 'nats-server.conf');
    const text = natsConfigText({
      version: this.program.version,
      host: '127.0.0.1',
      port: this.port,
      storeDirectory: join(this.directory, 'store'),
      ...(layout === 'one' ? { users } : { accounts: natsAccounts((identity) => identity) }),
    });
    writeFileSync(config, layout === 'one' ? text + EARLIER_NAMES : text, { mode: 0o600 });
    const server = await ManagedProcess.start({
      name: 'nats-server',
      command: this.program.path,
      args: ['--config', config],
      logFile: join(this.directory, 'nats-server.log'),
      graceMs: 15_000,
      leash: this.leash,
    });
    this.server = server;
    const isRunning = () => server.running;
    const refusal = await firstNatsClient({ url: this.url, user: users[0], timeoutMs: PATIENCE_MS, isRunning });
    if (refusal) throw refusal;
  }

  async stop(): Promise<void> {
    await this.server?.stop();
    this.server = undefined;
  }

  /** Deletes all streams. Call it only while the server is stopped. */
  loseStore(): void {
    rmSync(join(this.directory, 'store'), { recursive: true, force: true });
  }

  /** Bytes on disk of the messages of a stream, by layout; 0 when it does not exist. */
  bytesOf(stream: string, layout: Layout): number {
    const account = layout === 'one' ? GLOBAL_ACCOUNT : 'STREAMS';
    const messages = join(this.directory, 'store/jetstream', account, 'streams', stream, 'msgs');
    if (!existsSync(messages)) return 0;
    const blocks = readdirSync(messages).filter((file) => file.endsWith('.blk'));
    return blocks.reduce((sum, file) => sum + statSync(join(messages, file)).size, 0);
  }

  async dispose(): Promise<void> {
    await this.stop();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
