import { chownSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Leash,
  ManagedProcess,
  PATIENCE_MS,
  ServerNotReadyError,
  asIdentity,
  choosePostgresIdentity,
  freePort,
} from '@gatehouse/local-stack';
import { Client } from 'pg';
import { findPgBouncer } from './find-pgbouncer';

/** The logins that PgBouncer accepts, and the size of its pools. */
export interface PgBouncerOptions {
  /** URLs of one PostgreSQL server, each with role, password and database. */
  readonly urls: readonly string[];
  /** Connections to PostgreSQL for each role and database. */
  readonly serverConnections: number;
}

/** A PgBouncer of one test file, in transaction mode. Otherwise it has the defaults of PgBouncer. */
export interface OwnPgBouncer {
  /** The same login by way of PgBouncer. */
  urlThrough(url: string): string;
  /** Stops PgBouncer and removes its files. */
  dispose(): Promise<void>;
}

const PROBE_MS = 50;

/**
 * Starts a PgBouncer in transaction mode on a free port of 127.0.0.1.
 * @throws PgBouncerNotFoundError, ServerNotReadyError
 */
export async function startOwnPgBouncer({ urls, serverConnections }: PgBouncerOptions): Promise<OwnPgBouncer> {
  const [first] = urls;
  if (first === undefined) throw new RangeError('PgBouncer needs the URL of at least one login');
  const program = await findPgBouncer();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-pgbouncer-'));
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  const port = await freePort();
  writeFileSync(join(directory, 'userlist.txt'), userList(urls), { mode: 0o600 });
  writeFileSync(join(directory, 'pgbouncer.ini'), settings(new URL(first), port, directory, serverConnections));
  // PgBouncer rejects root, like PostgreSQL.
  const identity = choosePostgresIdentity();
  const owner = identity.kind === 'other-user' ? { uid: identity.uid, gid: identity.gid } : undefined;
  if (owner !== undefined) {
    for (const path of ['.', ...readdirSync(directory)]) chownSync(join(directory, path), owner.uid, owner.gid);
  }
  const [command, args] = asIdentity(identity, program.path, [join(directory, 'pgbouncer.ini')]);
  const server = await ManagedProcess.start({
    name: 'pgbouncer',
    command,
    args,
    ...owner,
    env: { ...process.env, ...program.env },
    cwd: directory,
    logFile: join(directory, 'pgbouncer.log'),
    // Closes its connections at once. SIGINT would wait for the clients.
    stopSignal: 'SIGTERM',
    leash,
  });
  const urlThrough = (url: string): string => {
    const through = new URL(url);
    through.host = `127.0.0.1:${port}`;
    return through.href;
  };
  await firstLogin(server, urlThrough(first));
  return {
    urlThrough,
    async dispose() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
      await leash.release();
    },
  };
}

/** Roles with their passwords. With a SCRAM verifier instead, PgBouncer could not log in to PostgreSQL. */
function userList(urls: readonly string[]): string {
  const quoted = (text: string) => `"${decodeURIComponent(text).replaceAll('"', '""')}"`;
  const lines = urls.map((url) => {
    const { username, password } = new URL(url);
    return `${quoted(username)} ${quoted(password)}\n`;
  });
  return [...new Set(lines)].join('');
}

function settings({ hostname, port: serverPort }: URL, port: number, directory: string, poolSize: number): string {
  return `[databases]
* = host=${hostname} port=${serverPort || '5432'}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = ${join(directory, 'userlist.txt')}
pool_mode = transaction
default_pool_size = ${poolSize}
max_client_conn = 500
`;
}

async function firstLogin(server: ManagedProcess, url: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  let reason = 'no answer in time';
  while (server.running && Date.now() < deadline) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 2_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query('SELECT 1');
      return;
    } catch (error) {
      reason = (error as Error).message;
      await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
    } finally {
      await client.end().catch(() => undefined);
    }
  }
  const lines = server.lastLines(5).join(' ');
  await server.stop();
  throw new ServerNotReadyError(`pgbouncer did not start: ${lines || reason}.`);
}
