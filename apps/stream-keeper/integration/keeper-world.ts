import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { workspaceRoot } from '@gatehouse/local-stack';
import { OpsServer, createLogger } from '@gatehouse/observability';
import { OPERATOR, type OwnNats, startOwnNats } from '@gatehouse/testing';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type INestApplication } from '@nestjs/common';
import { type StreamKeeperConfig, loadConfig, loadSetupConfig } from '../src/config';
import { createApp } from '../src/create-app';
import { runSetup } from '../src/set-up-streams/run-setup';

/** One line of the log. */
interface LogLine {
  readonly level: string;
  readonly message: string;
}

/** A running stream-keeper. */
export interface Keeper {
  /** Its log, without lines about the connection. */
  readonly lines: readonly LogLine[];
  /** Status of /readyz, and the reason of the check `streams`. */
  readiness(): Promise<{ status: number; streams: string | undefined }>;
  metric(name: string): Promise<number | undefined>;
  stop(): Promise<void>;
}

/** What a command printed, and its exit code. */
interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const run = promisify(execFile);

/** A nats-server, an operator of its streams, and the keepers that a test starts. */
export class KeeperWorld {
  private readonly apps = new Set<INestApplication>();

  private constructor(
    readonly nats: OwnNats,
    private readonly connection: NatsConnection,
    readonly manager: JetStreamManager,
  ) {}

  /** Starts everything; `program` is another nats-server than the one of the run. */
  static async start(program?: string): Promise<KeeperWorld> {
    const nats = await startOwnNats({ program });
    const forever = { maxReconnectAttempts: -1, reconnectTimeWait: 100 };
    const connection = await connect({ ...nats.as(OPERATOR), timeout: 20_000, ...forever });
    // A request of a lost connection gets no answer; tests repeat it.
    return new KeeperWorld(nats, connection, await jetstreamManager(connection, { timeout: 20_000 }));
  }

  /** Starts a stream-keeper; `config` replaces parts of its configuration. It checks often, to keep tests short. */
  async keeper(config: Partial<StreamKeeperConfig> = {}): Promise<Keeper> {
    const lines: LogLine[] = [];
    const write = (text: string) => {
      const line = JSON.parse(text) as LogLine;
      if (!/NATS/.test(line.message) || /refuses/.test(line.message)) lines.push(line);
    };
    const environment = {
      NATS_URL: this.nats.url,
      NATS_USER: 'stream-keeper',
      NATS_PASSWORD: this.nats.as('stream-keeper').pass,
      OPS_PORT: '0',
      HOST: '127.0.0.1',
    };
    const app = await createApp(
      { ...loadConfig(environment), everyMs: 100, ...config },
      createLogger({ service: 'stream-keeper', level: 'info' }, { write }),
    );
    this.apps.add(app);
    const ops = `http://127.0.0.1:${app.get(OpsServer).port}`;
    return {
      lines,
      readiness: async () => {
        const response = await fetch(`${ops}/readyz`);
        const { error } = (await response.json()) as { error: { streams?: { message: string } } };
        return { status: response.status, streams: error.streams?.message };
      },
      metric: async (name) => {
        const text = await (await fetch(`${ops}/metrics`)).text();
        const line = text.split('\n').find((found) => found.startsWith(`${name} `));
        return line === undefined ? undefined : Number(line.slice(name.length + 1));
      },
      stop: async () => {
        this.apps.delete(app);
        await app.close();
      },
    };
  }

  /** Runs `nats-setup` in this process, which saves seconds. */
  async setup(args: readonly string[] = [], variables: Record<string, string> = {}): Promise<Ran> {
    const ran = { code: 0, out: '', err: '' };
    ran.code = await runSetup(args, () => loadSetupConfig({ ...this.setupEnvironment, ...variables }), {
      out: (text) => (ran.out += text),
      err: (text) => (ran.err += text),
    });
    return ran;
  }

  /** Runs `nats-setup` from the build, as a deployment does; returns its output. */
  async setupProgram(): Promise<string> {
    const program = join(workspaceRoot(), 'dist/apps/stream-keeper/src/nats-setup.js');
    const options = { env: this.setupEnvironment, timeout: 60_000 };
    return (await run(process.execPath, [program], options)).stdout;
  }

  private get setupEnvironment(): Record<string, string> {
    return { NATS_URL: this.nats.url, NATS_PASSWORD: this.nats.as('nats-setup').pass };
  }

  /** Records the subject of every call of JetStream's API within the account of the streams. */
  recordCalls(): string[] {
    const subjects: string[] = [];
    this.connection.subscribe('$JS.API.>', { callback: (_error, { subject }) => void subjects.push(subject) });
    return subjects;
  }

  /** Names of all streams and consumers. */
  async names(): Promise<string[]> {
    // A call that is sent while the connection is lost would wait for its time limit.
    await this.connection.rtt();
    const found: string[] = [];
    for await (const stream of this.manager.streams.names()) {
      found.push(stream);
      for await (const { name } of this.manager.consumers.list(stream)) found.push(`${stream}/${name}`);
    }
    return found.sort();
  }

  /** Stops all keepers and deletes all streams. */
  async reset(): Promise<void> {
    await Promise.all([...this.apps].map((app) => app.close()));
    this.apps.clear();
    for await (const name of this.manager.streams.names()) await this.manager.streams.delete(name);
  }

  async dispose(): Promise<void> {
    await Promise.all([...this.apps].map((app) => app.close()));
    await this.connection.close();
    await this.nats.dispose();
  }
}
