import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type NatsUser } from '@gatehouse/contracts';
import { ServerNotReadyError } from '../errors';
import { freePort, requireFreePort } from '../processes/free-port';
import { type Leash } from '../processes/leash';
import { makeDirectory } from '../processes/make-directory';
import { ManagedProcess } from '../processes/managed-process';
import { natsConfigText, type NatsConfig } from './nats-config';
import { firstNatsClient } from './nats-first-client';
import { explainFileError, explainOutput } from '../processes/explain-failure';

/** Which nats-server to run, with which accounts, and where. */
export interface NatsServerOptions extends Pick<
  NatsConfig,
  'accounts' | 'accountsText' | 'syncAlways' | 'maxFileStore'
> {
  /** Program and version, from `resolveNatsServer`. */
  program: { path: string; version: string };
  /** Folder of the configuration and of JetStream's files. */
  directory: string;
  logFile: string;
  /** Environment of the server in addition to that of this process. */
  environment?: NodeJS.ProcessEnv;
  /** Contents of files beside the configuration, which includes them, by their names. */
  includedFiles?: Readonly<Record<string, string>>;
  /** Port on 127.0.0.1; a free one by default. */
  port?: number;
  /** Name of the variable that chooses the port, for the error when the port is taken. */
  portVariable?: string;
  leash?: Leash;
  /** Maximum time until the server accepts a client, in milliseconds; 60 000 by default. */
  readyTimeoutMs?: number;
}

/** A nats-server that we started. */
export interface NatsServer {
  port: number;
  /** Without credentials. */
  url: string;
  process: ManagedProcess;
  /** Replaces included files, and makes the running server read its configuration again. */
  reload(includedFiles: Readonly<Record<string, string>>): void;
  /** Stops the server and flushes the streams, without lame duck mode. */
  stop(): Promise<void>;
}

/**
 * Starts nats-server with JetStream on 127.0.0.1 and waits until one of its users can connect. There is no cluster, and
 * no anonymous access when accounts are given.
 * @throws LocalServerError that names the cause where it is known
 */
export async function startNatsServer(options: NatsServerOptions): Promise<NatsServer> {
  try {
    if (options.port) await requireFreePort(options.port, 'nats-server', options.portVariable);
    const port = options.port ?? (await freePort());
    makeDirectory(options.directory);
    const configFile = join(options.directory, 'nats-server.conf');
    const text = natsConfigText({
      ...options,
      version: options.program.version,
      host: '127.0.0.1',
      port,
      storeDirectory: join(options.directory, 'jetstream'),
    });
    for (const [name, content] of Object.entries({ ...options.includedFiles, 'nats-server.conf': text })) {
      writePrivateFile(join(options.directory, name), content);
    }
    const server = await ManagedProcess.start({
      name: 'nats-server',
      command: options.program.path,
      args: ['--config', configFile],
      cwd: options.directory,
      env: { ...process.env, ...options.environment },
      logFile: options.logFile,
      stopSignal: 'SIGTERM',
      graceMs: 15_000,
      leash: options.leash,
    });
    const url = `nats://127.0.0.1:${port}`;
    const user = options.accounts?.[0]?.users[0];
    await firstClient(server, url, user, options.readyTimeoutMs ?? 60_000);
    return {
      port,
      url,
      process: server,
      reload(includedFiles) {
        for (const [name, content] of Object.entries(includedFiles)) {
          writePrivateFile(join(options.directory, name), content);
        }
        process.kill(server.pid, 'SIGHUP');
      },
      stop: async () => void (await server.stop()),
    };
  } catch (error) {
    throw explainFileError(error, options.directory);
  }
}

/** Removes the file first, because writeFileSync would keep the mode of an existing file. */
function writePrivateFile(path: string, content: string): void {
  rmSync(path, { force: true });
  writeFileSync(path, content, { mode: 0o600 });
}

async function firstClient(
  server: ManagedProcess,
  url: string,
  user: NatsUser | undefined,
  timeoutMs: number,
): Promise<void> {
  const refusal = await firstNatsClient({ url, user, timeoutMs, isRunning: () => server.running });
  if (!refusal) return;
  await server.stop();
  const output = server.lastLines(20);
  const reason = output.findLast((line) => /\[FTL\]|\[ERR\]|nats-server:/.test(line)) ?? refusal.message;
  throw (
    explainOutput(output.join('\n'), 'nats-server') ??
    new ServerNotReadyError(`nats-server did not start: ${reason}.`, { cause: refusal })
  );
}
