import { execFile } from 'node:child_process';
import { chownSync, existsSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataDirectoryInUseError, PostgresVersionMismatchError, ServerNotReadyError } from '../errors';
import { postgresMajor, type PostgresBinaries } from './postgres-binaries';
import { type PostgresIdentity } from './postgres-identity';
import { explainOutput } from '../processes/explain-failure';

/**
 * Creates the data directory `data` in `directory`. For an existing one, only checks that its major version is that of
 * the programs. initdb writes to `data.new`, which is then renamed, so that an interrupted first start leaves no
 * partial `data`.
 * @returns the path of `data`
 * @throws PostgresVersionMismatchError, ServerNotReadyError
 */
export async function prepareDataDirectory(
  directory: string,
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
  password: string,
): Promise<string> {
  const data = join(directory, 'data');
  const major = postgresMajor(binaries);
  if (existsSync(join(data, 'PG_VERSION'))) {
    const found = readFileSync(join(data, 'PG_VERSION'), 'utf8').trim();
    if (found !== major) throw new PostgresVersionMismatchError(data, found, major);
    return data;
  }
  const fresh = `${data}.new`;
  const passwordFile = join(directory, 'initial-password');
  rmSync(fresh, { recursive: true, force: true });
  rmSync(data, { recursive: true, force: true });
  try {
    writeFileSync(passwordFile, password + '\n', { mode: 0o600 });
    if (identity.kind === 'other-user') chownSync(passwordFile, identity.uid, identity.gid);
    await runInitdb(fresh, passwordFile, binaries, identity);
    renameSync(fresh, data);
  } finally {
    rmSync(passwordFile, { force: true });
    rmSync(fresh, { recursive: true, force: true });
  }
  return data;
}

/** Runs initdb. Asynchronous, because initdb takes seconds and nats-server is started meanwhile. */
async function runInitdb(
  data: string,
  passwordFile: string,
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  // The built-in locale provider sorts alike on every machine and needs no locale of the host.
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync');
  const [command, commandArgs] = asIdentity(identity, binaries.initdb, args);
  try {
    await promisify(execFile)(command, commandArgs, {
      timeout: 300_000,
      cwd: join(data, '..'),
      ...(identity.kind === 'other-user' ? { uid: identity.uid, gid: identity.gid } : {}),
    });
  } catch (error) {
    const failure = error as Error & { readonly code?: unknown; readonly stdout?: string; readonly stderr?: string };
    const output = `${failure.stdout ?? ''}\n${failure.stderr ?? ''}`;
    // When initdb ended with an exit code, its output tells the cause, so the message of the `execFile` error is not
    // used.
    const unsaid = typeof failure.code === 'number' ? undefined : failure;
    throw (
      explainOutput(output, 'PostgreSQL') ?? new ServerNotReadyError(`initdb failed: ${lastSentence(output, unsaid)}`)
    );
  }
}

/**
 * The command line that runs a program as this identity. For an `other-user` it is unchanged: pass `uid` and `gid` to
 * `spawn`.
 */
export function asIdentity(identity: PostgresIdentity, program: string, args: string[]): [string, string[]] {
  return identity.kind === 'namespace' ? [identity.command, [...identity.args, program, ...args]] : [program, args];
}

/**
 * Removes the lock file of a server that has ended. After a reboot or in a new container, another program may have the
 * process id in that file; PostgreSQL would then not start. Waits up to `waitMs` milliseconds for a server that still
 * runs.
 * @throws DataDirectoryInUseError
 */
export async function clearStaleLock(data: string, waitMs = 10_000): Promise<void> {
  const file = join(data, 'postmaster.pid');
  const deadline = Date.now() + waitMs;
  for (;;) {
    const pid = existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : NaN;
    if (!Number.isInteger(pid) || !isPostmasterOf(pid, data)) break;
    if (Date.now() > deadline) throw new DataDirectoryInUseError(data, pid);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  rmSync(file, { force: true });
}

/**
 * Whether the process's working directory is the data directory, as a postmaster's is. On systems other than Linux:
 * whether the process runs.
 */
function isPostmasterOf(pid: number, data: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  if (process.platform !== 'linux') return true;
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === data;
  } catch {
    return false;
  }
}

function lastSentence(output: string, error: Error | undefined): string {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return error?.message ?? lines.find((line) => /error|fatal/i.test(line)) ?? lines.at(-1) ?? 'no output';
}
