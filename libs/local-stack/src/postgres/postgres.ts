import { join } from 'node:path';
import { Client } from 'pg';
import { ServerNotReadyError } from '../errors';
import { freePort, requireFreePort } from '../processes/free-port';
import { type Leash } from '../processes/leash';
import { ManagedProcess } from '../processes/managed-process';
import { findPostgresBinaries } from './postgres-binaries';
import { asIdentity, clearStaleLock, prepareDataDirectory } from './postgres-data';
import { choosePostgresIdentity, type PostgresIdentity } from './postgres-identity';
import { preparePostgresPlace } from './postgres-place';
import { explainFileError, explainOutput } from '../processes/explain-failure';

/** How to run PostgreSQL. */
export interface PostgresOptions {
  /** Folder that contains the data directory `data`. Created when missing, reused when present. */
  directory: string;
  logFile: string;
  superuserPassword: string;
  /** Port on 127.0.0.1; a free one by default. */
  port?: number;
  /** Name of the variable that chooses the port, for the error when the port is taken. */
  portVariable?: string;
  /** `fast` loses data in a crash: for tests only. */
  durability?: 'durable' | 'fast';
  leash?: Leash;
  identity?: PostgresIdentity;
  /** Maximum time until the server accepts a connection, in milliseconds; 120 000 by default. */
  readyTimeoutMs?: number;
}

/** A PostgreSQL server that `startPostgres` started. */
export interface PostgresServer {
  port: number;
  /** URL of the superuser on the database `postgres`; contains the password. */
  adminUrl: string;
  /** e.g. `18.4` */
  version: string;
  process: ManagedProcess;
  /** Fast shutdown: rolls back open transactions, writes everything committed to disk. */
  stop(): Promise<void>;
}

const fast = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_wal_size=1GB', 'autovacuum=off'];

/**
 * Starts PostgreSQL on 127.0.0.1, without a socket file, and waits until it accepts a connection of the superuser.
 * @throws LocalServerError that names the cause where it is known
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  try {
    if (options.port) await requireFreePort(options.port, 'PostgreSQL', options.portVariable);
    const identity = options.identity ?? choosePostgresIdentity();
    const place = preparePostgresPlace(options.directory, findPostgresBinaries(), identity);
    const data = await prepareDataDirectory(place.directory, place.binaries, identity, options.superuserPassword);
    await clearStaleLock(data);

    const port = options.port ?? (await freePort());
    const [command, args] = asIdentity(identity, place.binaries.postgres, [
      '-D',
      data,
      ...settings(port, options.durability ?? 'durable').flatMap((setting) => ['-c', setting]),
    ]);
    const server = await ManagedProcess.start({
      name: 'PostgreSQL',
      command,
      args,
      cwd: place.directory,
      ...(identity.kind === 'other-user' ? { uid: identity.uid, gid: identity.gid } : {}),
      logFile: options.logFile,
      stopSignal: 'SIGINT',
      graceMs: 20_000,
      leash: options.leash,
    });
    const adminUrl = `postgres://postgres:${encodeURIComponent(options.superuserPassword)}@127.0.0.1:${port}/postgres`;
    const version = await firstConnection(server, adminUrl, options.readyTimeoutMs ?? 120_000);
    return { port, adminUrl, version, process: server, stop: async () => void (await server.stop()) };
  } catch (error) {
    throw explainFileError(error, join(options.directory));
  }
}

function settings(port: number, durability: 'durable' | 'fast'): string[] {
  return [
    'listen_addresses=127.0.0.1',
    `port=${port}`,
    'unix_socket_directories=',
    `max_connections=${durability === 'fast' ? 300 : 100}`,
    'shared_buffers=64MB',
    'log_min_messages=warning',
    // Leaves DETAIL out of the log: for a unique violation it contains the value, such as an e-mail address.
    'log_error_verbosity=terse',
    'log_timezone=UTC',
    'timezone=UTC',
    ...(durability === 'fast' ? fast : []),
  ];
}

async function firstConnection(server: ManagedProcess, url: string, timeoutMs: number): Promise<string> {
  const deadline = Date.now() + timeoutMs;
  let refusal: unknown;
  while (server.running && Date.now() < deadline) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2000, query_timeout: 2000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      const { rows } = await client.query<{ server_version: string }>('show server_version');
      return rows[0]?.server_version.split(' ')[0] ?? '';
    } catch (error) {
      refusal = error;
      // 28P01 is a wrong password: the data directory was created with another one. Waiting does not help.
      if ((error as { code?: string }).code === '28P01') break;
      await new Promise((resolve) => setTimeout(resolve, 30));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  await server.stop();
  const output = server.lastLines(20);
  const reason = output.findLast((line) => /FATAL|PANIC/.test(line)) ?? (refusal as Error | undefined)?.message;
  throw (
    explainOutput(output.join('\n'), 'PostgreSQL') ??
    new ServerNotReadyError(`PostgreSQL did not start: ${reason ?? 'no answer in time'}.`, { cause: refusal })
  );
}
