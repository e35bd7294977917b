import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { resolveNatsServer, type NatsSearch, type NatsSource } from '../src';
import { downloadNatsRelease } from '../src/nats/nats-release';

/** Writes a program that answers `--version` like nats-server of this version. */
const pretend = (file: string, version = '2.14.5') => {
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, `#!/bin/sh\necho "nats-server: v${version}"\n`);
  chmodSync(file, 0o755);
  return file;
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-resolve-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('the search for nats-server', () => {
  const steps = (found: Partial<Record<NatsSource, string | Error>>, asked: NatsSource[] = []) =>
    Object.fromEntries(
      (['NATS_URL', 'NATS_SERVER_BIN', 'PATH', 'cache', 'release', 'debian'] as const).map((source) => [
        source,
        async () => {
          asked.push(source);
          const result = found[source];
          if (result instanceof Error) throw result;
          return result;
        },
      ]),
    ) as NatsSearch['steps'];
  const search = (
    found: Partial<Record<NatsSource, string | Error>>,
    asked?: NatsSource[],
    more: Partial<NatsSearch> = {},
  ) => resolveNatsServer({ env: {}, stateDirectory: directory, steps: steps(found, asked), ...more });

  it('tries NATS_URL, NATS_SERVER_BIN, PATH, cache, release and Debian package, and stops at the first that works', async () => {
    const program = pretend(join(directory, 'nats-server'));
    const all = ['NATS_URL', 'NATS_SERVER_BIN', 'PATH', 'cache', 'release', 'debian'] as const;
    for (const [index, source] of all.entries()) {
      const asked: NatsSource[] = [];
      const later = Object.fromEntries(all.slice(index).map((name) => [name, program]));
      const found = await search(later, asked);
      expect(found).toMatchObject(source === 'NATS_URL' ? { kind: 'server' } : { kind: 'program', source });
      expect(asked).toEqual(all.slice(0, index + 1));
    }
  });

  it('goes on after a step that failed, and reports the failure', async () => {
    const told: string[] = [];
    const program = pretend(join(directory, 'nats-server'), '2.9.10');
    const found = await search({ release: new Error('no route'), debian: program }, [], {
      onProgress: (message) => void told.push(message),
    });
    expect(found).toEqual({ kind: 'program', path: program, version: '2.9.10', source: 'debian' });
    expect(told).toEqual(['nats-server: cannot download the official release (no route)']);
  });

  it('skips a nats-server older than 2.9', async () => {
    const old = pretend(join(directory, 'old'), '2.8.4');
    const program = pretend(join(directory, 'new'));
    await expect(search({ PATH: old, cache: program })).resolves.toMatchObject({ source: 'cache' });
  });

  it('tries nothing else when NATS_SERVER_BIN is set and does not run', async () => {
    const asked: NatsSource[] = [];
    await expect(search({ NATS_SERVER_BIN: join(directory, 'none'), PATH: '/never' }, asked)).rejects.toMatchObject({
      code: 'NATS_SERVER_NOT_FOUND',
      message: expect.stringMatching(/^NATS_SERVER_BIN does not name/),
    });
    expect(asked).toEqual(['NATS_URL', 'NATS_SERVER_BIN']);
  });

  it('says how to install one on a platform without a pinned release', async () => {
    await expect(
      resolveNatsServer({ env: { PATH: directory }, stateDirectory: directory, platform: 'darwin-arm64' }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/brew install nats-server.*NATS_URL/) });
    await expect(
      resolveNatsServer({ env: { PATH: directory }, stateDirectory: directory, platform: 'win32-x64' }),
    ).rejects.toMatchObject({ message: expect.stringMatching(/2\.9 or later.*NATS_SERVER_BIN/) });
  });

  it('finds one on PATH, else in the cache', async () => {
    const onPath = pretend(join(directory, 'path/nats-server'));
    const cached = pretend(join(directory, 'bin/nats-server-2.14.5'));
    const [folder] = [join(directory, 'path')];
    const env = { PATH: `${folder}:${process.env.PATH}` };
    await expect(resolveNatsServer({ env, stateDirectory: directory })).resolves.toMatchObject({ path: onPath });
    rmSync(onPath);
    await expect(resolveNatsServer({ env: { PATH: folder }, stateDirectory: directory })).resolves.toMatchObject({
      path: cached,
      source: 'cache',
    });
  });
});

describe('the download of the official release', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  const serve = async (body: Buffer) => {
    const asked: string[] = [];
    server = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end(body);
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return { base: `http://127.0.0.1:${(server.address() as AddressInfo).port}/mirror`, asked };
  };
  const archive = () => {
    const folder = 'nats-server-v2.14.5-linux-amd64';
    pretend(join(directory, 'source', folder, 'nats-server'));
    execFileSync('tar', ['-czf', join(directory, 'a.tar.gz'), '-C', join(directory, 'source'), folder]);
    const bytes = readFileSync(join(directory, 'a.tar.gz'));
    return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  };
  const cacheDirectory = () => join(directory, 'cache');

  it('puts the program into the cache when the checksum matches', async () => {
    const { bytes, sha256 } = archive();
    const { base, asked } = await serve(bytes);
    const program = await downloadNatsRelease({
      platform: 'linux-x64',
      cacheDirectory: cacheDirectory(),
      base,
      sha256,
    });
    expect(asked).toEqual(['/mirror/v2.14.5/nats-server-v2.14.5-linux-amd64.tar.gz']);
    expect(execFileSync(program, { encoding: 'utf8' })).toContain('2.14.5');
    expect(readdirSync(cacheDirectory())).toEqual(['nats-server-2.14.5']);
  });

  it('discards an archive with another checksum and goes on with the next step', async () => {
    const { base } = await serve(archive().bytes);
    const told: string[] = [];
    const program = pretend(join(directory, 'debian'), '2.9.10');
    const found = await resolveNatsServer({
      env: { NATS_SERVER_DOWNLOAD_BASE: base, PATH: '' },
      stateDirectory: directory,
      platform: 'linux-x64',
      onProgress: (message) => void told.push(message),
      steps: { debian: async () => program },
    });
    expect(found).toMatchObject({ source: 'debian' });
    expect(told.join('\n')).toMatch(/does not have the pinned SHA-256 checksum/);
    expect(existsSync(join(directory, 'bin'))).toBe(false);
  });

  it('times out when the host does not answer', async () => {
    const sockets: Socket[] = [];
    const silent = createTcpServer((socket) => void sockets.push(socket)).listen(0, '127.0.0.1');
    await new Promise((resolve) => silent.once('listening', resolve));
    await expect(
      downloadNatsRelease({
        platform: 'linux-x64',
        cacheDirectory: cacheDirectory(),
        base: `http://127.0.0.1:${(silent.address() as AddressInfo).port}`,
        connectTimeoutMs: 200,
      }),
    ).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED', message: expect.stringContaining('no answer in 0.2 s') });
    silent.close();
    for (const socket of sockets) socket.destroy();
  });

  it('fails at once when the host is not reachable', async () => {
    await expect(
      downloadNatsRelease({ platform: 'linux-x64', cacheDirectory: cacheDirectory(), base: 'http://127.0.0.1:1' }),
    ).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
    await expect(
      downloadNatsRelease({ platform: 'linux-x64', cacheDirectory: cacheDirectory(), base: 'http://127.0.0.1:9' }),
    ).rejects.toMatchObject({ code: 'DOWNLOAD_FAILED' });
  });
});
