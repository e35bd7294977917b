import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { eventually, freePort, startPostgres, withClient, type PostgresOptions, type PostgresServer } from '../src';
import { choosePostgresIdentity } from '../src/postgres/postgres-identity';

const isRoot = process.getuid?.() === 0;

describe('a local PostgreSQL', () => {
  let directory: string;
  let server: PostgresServer | undefined;
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'gatehouse-pg-'));
    chmodSync(directory, 0o711);
  });
  afterEach(async () => {
    await server?.stop();
    server = undefined;
    rmSync(directory, { recursive: true, force: true });
  });
  const start = async (options: Partial<PostgresOptions> = {}) =>
    (server = await startPostgres({
      directory: join(directory, 'postgres'),
      logFile: join(directory, 'logs/postgres.log'),
      superuserPassword: 'correct horse',
      durability: 'fast',
      ...options,
    }));

  it('starts as root and as a plain user, keeps its data, and has its password in no file and on no command line', async () => {
    const { adminUrl, process: postgres } = await start();
    await withClient(adminUrl, (client) => client.query('create table kept as select 1 as n'));
    if (process.platform === 'linux') {
      expect(readFileSync(`/proc/${postgres.pid}/cmdline`, 'utf8')).not.toContain('correct');
    }
    expect(() => statSync(join(directory, 'postgres/initial-password'))).toThrow('ENOENT');
    expect(statSync(join(directory, 'logs/postgres.log')).mode & 0o077).toBe(0);
    await server?.stop();
    const again = await start();
    const { rows } = await withClient(again.adminUrl, (client) => client.query('select n from kept'));
    expect(rows).toEqual([{ n: 1 }]);
  });

  it('rejects a wrong password', async () => {
    const { adminUrl } = await start();
    await expect(
      withClient(adminUrl.replace('correct', 'wrong'), (client) => client.query('select 1')),
    ).rejects.toMatchObject({ code: '28P01' });
  });

  it('logs no value of a row that a unique index rejects', async () => {
    const { adminUrl } = await start();
    await withClient(adminUrl, async (client) => {
      await client.query('create table addresses (address text unique)');
      const insert = () => client.query('insert into addresses values ($1)', ['asha@example.com']);
      await insert();
      await expect(insert()).rejects.toMatchObject({ code: '23505', detail: expect.stringContaining('asha@') });
    });
    const log = readFileSync(join(directory, 'logs/postgres.log'), 'utf8');
    expect(log).toContain('duplicate key');
    expect(log).not.toContain('asha@');
  });

  it('starts after a crash, even if another program now has its old process id', async () => {
    const { adminUrl } = await start();
    const { rows } = await withClient(adminUrl, (client) =>
      client.query<{ pid: number }>('select pid from pg_stat_activity where pid <> pg_backend_pid()'),
    );
    await server?.process.kill();
    // Other processes of PostgreSQL notice a moment later, and block a new server until then.
    await eventually(() => rows.every(({ pid }) => isGone(pid)));
    const lock = join(directory, 'postgres/data/postmaster.pid');
    writeFileSync(lock, readFileSync(lock, 'utf8').replace(/^\d+/, String(process.pid)));
    await expect(start()).resolves.toMatchObject({ version: expect.stringMatching(/^18/) });
  });

  it('names the taken port and the variable for another one', async () => {
    const port = await freePort();
    const other = createServer().listen(port, '127.0.0.1');
    await expect(start({ port, portVariable: 'GATEHOUSE_PG_PORT' })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `Port ${port}, which PostgreSQL needs, is taken by another program: stop that program or set GATEHOUSE_PG_PORT to a free port.`,
    });
    other.close();
  });

  it('rejects data of another major version, and leaves the data unchanged', async () => {
    mkdirSync(join(directory, 'postgres/data'), { recursive: true });
    writeFileSync(join(directory, 'postgres/data/PG_VERSION'), '15\n');
    await expect(start()).rejects.toMatchObject({ code: 'POSTGRES_VERSION_MISMATCH' });
    expect(readFileSync(join(directory, 'postgres/data/PG_VERSION'), 'utf8')).toBe('15\n');
  });

  it('names a folder that is not writable', async () => {
    writeFileSync(join(directory, 'postgres'), 'a file in the way');
    await expect(start()).rejects.toMatchObject({ code: 'FOLDER_NOT_WRITABLE' });
  });

  it('never runs as root, not even where user namespaces are not allowed', async () => {
    const identity = choosePostgresIdentity({ isRoot, works: (command) => command !== 'unshare' });
    expect(identity.kind).toBe(isRoot ? 'other-user' : 'self');
    const { adminUrl, process: postgres } = await start({ identity });
    await withClient(adminUrl, (client) => client.query('select 1'));
    if (process.platform === 'linux') expect(statSync(`/proc/${postgres.pid}`).uid).toBeGreaterThan(0);
  });

  it('fails with an explanation when it could only run as root', () => {
    expect(() => choosePostgresIdentity({ isRoot: true, works: () => false })).toThrow(
      expect.objectContaining({ code: 'POSTGRES_REFUSES_ROOT', message: expect.stringMatching(/DATABASE_URL/) }),
    );
  });
});

/** False also for a process that has ended but still has an entry in the process table. */
function isGone(pid: number): boolean {
  try {
    return / Z \d+ [^)]*$/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return true;
  }
}
