import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual, promisify } from 'node:util';
import { randomUUID } from 'node:crypto';
import { usersReaderIdentity } from '@gatehouse/contracts';
import { withClient } from '@gatehouse/local-stack';
import {
  OPERATOR,
  type OwnNats,
  type TestDatabase,
  createEmptyTestDatabase,
  eventually,
  startOwnNats,
} from '@gatehouse/testing';
import { type NatsConnection, connect } from '@nats-io/transport-node';
import { type User } from '../src/index';
import { TestPublisher } from './test-publisher';

const root = join(__dirname, '../../..');
const example = join(root, 'examples/users-follower');
/** The compiler and npm take half a minute, and longer on a busy machine. */
const LIMIT_MS = 300_000;
/** Packages of the example besides the package itself. */
const THEIRS = ['@nats-io/nats-core', '@nats-io/transport-node', '@types/node', '@types/pg', 'pg'];

describe('the tarball of @gatehouse/follow', () => {
  let folder: string;
  let installed: string;

  const run = async (args: readonly string[]): Promise<string> => {
    const { NODE_OPTIONS: _ours, JEST_WORKER_ID: _id, ...env } = process.env;
    const { stdout, stderr } = await promisify(execFile)(process.execPath, [...args], {
      cwd: folder,
      env,
      timeout: LIMIT_MS,
    }).catch((failure: { stdout: string; stderr: string }) => ({ ...failure, stdout: `FAILED ${failure.stdout}` }));
    return stdout + stderr;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gatehouse-follow-'));
    installed = join(folder, 'node_modules/@gatehouse/follow');
    mkdirSync(installed, { recursive: true });
    const said = await run([join(root, 'tools/pack.mjs'), 'follow', folder]);
    const [tarball = said] = readdirSync(folder).filter((name) => name.endsWith('.tgz'));
    await promisify(execFile)('tar', ['xzf', join(folder, tarball), '-C', installed, '--strip-components=1']);
    for (const name of THEIRS) {
      const path = join(folder, 'node_modules', name);
      mkdirSync(dirname(path), { recursive: true });
      symlinkSync(join(root, 'node_modules', name), path, 'dir');
    }
    for (const name of ['main.ts', 'package.json']) copyFileSync(join(example, name), join(folder, name));
  }, LIMIT_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('depends on nothing but its peer, and contains no tests and no source maps', () => {
    const manifest = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as Record<string, unknown>;
    expect(manifest).toMatchObject({ name: '@gatehouse/follow', license: 'Apache-2.0', type: 'module' });
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.peerDependencies as object)).toEqual(['@nats-io/nats-core']);
    expect(readdirSync(installed, { recursive: true, encoding: 'utf8' }).sort()).toEqual(
      [
        ...['LICENSE', 'README.md', 'lib', 'package.json'],
        ...['index.cjs', 'index.d.cts', 'index.d.mts', 'index.mjs'].map((name) => join('lib', name)),
      ].sort(),
    );
  });

  it('can be loaded by import and by require without the peer', async () => {
    writeFileSync(
      join(folder, 'a.mjs'),
      "import { followUsers } from '@gatehouse/follow'; console.log(typeof followUsers);",
    );
    writeFileSync(join(folder, 'a.cjs'), "console.log(typeof require('@gatehouse/follow').followData);");
    expect(await run(['a.mjs'])).toBe('function\n');
    expect(await run(['a.cjs'])).toBe('function\n');
  });

  it('type-checks the example in a strict project, which has ten lines besides its imports', async () => {
    const options = ['--module', 'nodenext', '--target', 'es2022', '--types', 'node', '--noEmit', '--strict'];
    expect(await run([join(root, 'node_modules/typescript/bin/tsc'), ...options, 'main.ts'])).toBe('');
    const lines = readFileSync(join(example, 'main.ts'), 'utf8').split('\n');
    expect(lines.filter((line) => line !== '' && !line.startsWith('import '))).toHaveLength(10);
  });

  describe('in the example, with PostgreSQL', () => {
    let nats: OwnNats;
    let database: TestDatabase;
    let operator: NatsConnection;
    let publisher: TestPublisher;
    let service: ChildProcess | undefined;
    let output = '';

    const start = () => {
      const { NODE_OPTIONS: _ours, JEST_WORKER_ID: _id, ...env } = process.env;
      service = spawn(process.execPath, ['main.ts'], {
        cwd: folder,
        env: { ...env, NATS_URL: nats.url, NATS_PASSWORD: usersReaderIdentity, DATABASE_URL: database.ownerUrl },
      });
      service.stdout?.on('data', (text) => (output += String(text)));
      service.stderr?.on('data', (text) => (output += String(text)));
    };
    const kill = async () => {
      if (service === undefined) return;
      const ended = service.exitCode === null ? once(service, 'exit') : undefined;
      service.kill('SIGKILL');
      await ended;
    };
    const table = () =>
      withClient(database.ownerUrl, async (client) => {
        const { rows } = await client.query<{ profile: User; version: string }>('SELECT profile, version FROM users');
        return new Map(rows.map(({ profile, version }) => [profile.id, { user: profile, version: Number(version) }]));
      });
    const expected = () =>
      new Map([...publisher.users].map(([id, user]) => [id, { user, version: publisher.rowOf(id)?.version }]));

    beforeAll(async () => {
      nats = await startOwnNats();
      database = await createEmptyTestDatabase();
      await withClient(database.ownerUrl, (client) => client.query(readFileSync(join(example, 'schema.sql'), 'utf8')));
      operator = await connect({ ...nats.as(OPERATOR), maxReconnectAttempts: -1 });
      publisher = await TestPublisher.start(operator);
      await publisher.createStream();
    });
    afterAll(async () => {
      await kill();
      await operator.close();
      await nats.dispose();
      await database.drop();
    });

    it(
      'keeps its table equal, although the service is killed at random and the stream is written anew',
      async () => {
        const ids = Array.from({ length: 200 }, () => randomUUID());
        for (const id of ids) publisher.write(id);
        await publisher.rebuild({ purge: true });
        for (let round = 0; round < 6; round += 1) {
          start();
          for (let step = 0; step < 10; step += 1) {
            await publisher.change(...ids.filter(() => Math.random() < 0.1), randomUUID());
            if (step === 5) await publisher.remove(publisher.ids[Math.floor(Math.random() * 200)] ?? '');
            await sleep(Math.random() * 60);
          }
          await kill();
          if (round === 2) publisher.forget(...ids.splice(0, 5));
          if (round >= 2) await publisher.rebuild({ purge: round % 2 === 0 });
        }
        start();
        await eventually(async () => isDeepStrictEqual(await table(), expected()), { timeoutMs: 60_000 }).catch(
          () => undefined,
        );
        expect(output).toBe('');
        expect(await table()).toEqual(expected());
      },
      LIMIT_MS,
    );
  });
});
