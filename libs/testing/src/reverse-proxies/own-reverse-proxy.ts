import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Leash, ManagedProcess, PATIENCE_MS, ServerNotReadyError } from '@gatehouse/local-stack';
import { type ReverseProxyName, findReverseProxy } from './find-reverse-proxy';

/** A reverse proxy of one test file. */
export interface OwnReverseProxy {
  /** Stops the proxy and removes its files. */
  dispose(): Promise<void>;
}

const PROBE_MS = 50;

/**
 * Starts nginx or Caddy. `configuration` is a `server` block of nginx or a Caddyfile, which listens on `port` of
 * 127.0.0.1.
 * @throws ReverseProxyNotFoundError, ServerNotReadyError
 */
export async function startOwnReverseProxy(
  name: ReverseProxyName,
  configuration: string,
  port: number,
): Promise<OwnReverseProxy> {
  const program = await findReverseProxy(name);
  const directory = mkdtempSync(join(tmpdir(), `gatehouse-${name}-`));
  const leash = Leash.start();
  leash.removeAtEnd(directory);
  const file = join(directory, 'configuration');
  writeFileSync(file, name === 'nginx' ? nginxMain(configuration, directory) : caddyMain(configuration));
  mkdirSync(join(directory, 'logs'));
  const server = await ManagedProcess.start({
    ...{ name, command: program.path, leash, cwd: directory },
    args:
      name === 'nginx'
        ? ['-p', directory, '-c', file, '-e', join(directory, 'error.log')]
        : ['run', '--adapter', 'caddyfile', '--config', file],
    env: { ...process.env, ...program.env, HOME: directory, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
    logFile: join(directory, 'output.log'),
    stopSignal: 'SIGTERM',
  });
  await firstConnection(server, name, port);
  return {
    async dispose() {
      await server.stop();
      rmSync(directory, { recursive: true, force: true });
      await leash.release();
    },
  };
}

/** A whole configuration of nginx around a `server` block. It runs as one process of this user. */
function nginxMain(server: string, directory: string): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `  ${kind}_temp_path ${join(directory, kind)};`,
  );
  return [
    ...['daemon off;', 'master_process off;', `pid ${join(directory, 'nginx.pid')};`, 'events {}', 'http {'],
    ...['  access_log off;', ...temporary, server, '}'],
  ].join('\n');
}

function caddyMain(site: string): string {
  return `{\n  admin off\n  auto_https off\n}\n${site}`;
}

async function firstConnection(server: ManagedProcess, name: string, port: number): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (server.running && Date.now() < deadline) {
    if (await accepts(port)) return;
    await new Promise((resolve) => setTimeout(resolve, PROBE_MS));
  }
  const lines = server.lastLines(5).join(' ');
  await server.stop();
  throw new ServerNotReadyError(`${name} did not start: ${lines || 'no answer in time'}.`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
