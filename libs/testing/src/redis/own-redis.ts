import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  Leash,
  ManagedProcess,
  PATIENCE_MS,
  ServerNotReadyError,
  findOnPath,
  freePort,
  workspaceState,
} from '@gatehouse/local-stack';
import { RedisServerNotFoundError } from '../errors';
import { type RedisProgram, unpackDebianRedis, unpackedRedis } from './redis-debian';

/** The redis-server of one test file, which the test can stop and restart. The server loses its data when it stops. */
export interface OwnRedis {
  url: string;
  stop(): Promise<void>;
  start(): Promise<void>;
  /** Stops the server and removes its files. */
  dispose(): Promise<void>;
}

const PROBE_MS = 30;

/**
 * Starts a redis-server or valkey-server for one test file. Looks for the program in REDIS_SERVER_BIN, on PATH and
 * below `.gatehouse/redis`; otherwise unpacks the Debian package there.
 * @throws RedisServerNotFoundError
 */
export async function startOwnRedis(): Promise<OwnRedis> {
  const program = await findProgram();
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-redis-'));
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  const port = await freePort();
  const run = () => startServer(program, directory, port, leash);
  let server: ManagedProcess | undefined = await run();
  return {
    url: `redis://127.0.0.1:${port}`,
    async stop() {
      await server?.stop();
      server = undefined;
    },
    async start() {
      server ??= await run();
    },
    async dispose() {
      await server?.stop();
      server = undefined;
      rmSync(directory, { recursive: true, force: true });
      await leash.release();
    },
  };
}

async function findProgram(): Promise<RedisProgram> {
  const named =
    process.env.REDIS_SERVER_BIN ||
    findOnPath('redis-server', process.env.PATH) ||
    findOnPath('valkey-server', process.env.PATH);
  if (named) return { path: named, env: {} };
  const directory = join(workspaceState(), 'redis');
  try {
    return unpackedRedis(directory) ?? (await unpackDebianRedis(directory, join(workspaceState(), 'apt-redis')));
  } catch (cause) {
    throw new RedisServerNotFoundError({ cause });
  }
}

async function startServer(
  { path, env }: RedisProgram,
  directory: string,
  port: number,
  leash: Leash,
): Promise<ManagedProcess> {
  const server = await ManagedProcess.start({
    name: 'redis-server',
    command: path,
    args: ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory],
    env: { ...process.env, ...env },
    cwd: directory,
    logFile: join(directory, 'redis-server.log'),
    leash,
  });
  const deadline = Date.now() + PATIENCE_MS;
  while (server.running && Date.now() < deadline) {
    if (await answers(port)) return server;
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  await server.stop();
  throw new ServerNotReadyError(`redis-server did not start: ${server.lastLines(5).join(' ') || 'no answer in time'}.`);
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(port, '127.0.0.1', () => socket.write('PING\r\n'));
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('data', (data) => {
      resolve(data.toString().startsWith('+PONG'));
      socket.destroy();
    });
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(false));
  });
}
