import { execFile } from 'node:child_process';
import { chownSync, existsSync, readFileSync, readlinkSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { DataDirectoryInUseError, PostgresVersionMismatchError, ServerNotReadyError } from '../errors';
import { postgresMajor, type PostgresBinaries } from './postgres-binaries';
import { type PostgresIdentity } from './postgres-identity';
import { sayWhy } from '../processes/why';

/**
 * Makes a data directory, or checks the one that is there. initdb works beside it and the result is renamed, so that an
 * interrupted first start leaves nothing half made.
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

/** It takes seconds: whoever connects to another server meanwhile must not be kept from it. */
async function runInitdb(
  data: string,
  passwordFile: string,
  binaries: PostgresBinaries,
  identity: PostgresIdentity,
): Promise<void> {
  const args = ['-D', data, '-U', 'postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256', '--encoding=UTF8'];
  // The built-in provider sorts the same on every machine and needs no locale of the host.
  args.push('--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--no-sync');
  const [command, commandArgs] = asIdentity(identity, binaries.initdb, args);
  try {
    await promisify(execFile)(command, commandArgs, {
      timeout: 60_000,
      cwd: join(data, '..'),
      ...(identity.kind === 'other-user' ? { uid: identity.uid, gid: identity.gid } : {}),
    });
  } catch (error) {
    const failure = error as Error & { readonly code?: unknown; readonly stdout?: string; readonly stderr?: string };
    const output = `${failure.stdout ?? ''}\n${failure.stderr ?? ''}`;
    // Who ended with a code has said why.
    const unsaid = typeof failure.code === 'number' ? undefined : failure;
    throw sayWhy(output, 'PostgreSQL') ?? new ServerNotReadyError(`initdb failed: ${lastSentence(output, unsaid)}`);
  }
}

/** The command line that runs a program as this identity (for another user, the caller passes uid and gid on too). */
export function asIdentity(identity: PostgresIdentity, program: string, args: string[]): [string, string[]] {
  return identity.kind === 'namespace' ? [identity.command, [...identity.args, program, ...args]] : [program, args];
}

/**
 * Removes the lock file of a server that no longer runs: its process id may belong to another program by now (after a
 * reboot, in a new container), and postgres would refuse to start. Waits for one that is just being stopped.
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

/** A postmaster's working directory is its data directory; where that cannot be seen, a live process counts as one. */
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
