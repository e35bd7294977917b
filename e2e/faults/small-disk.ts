import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, openSync, closeSync, rmSync, symlinkSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { choosePostgresIdentity, type Leash, type PostgresIdentity } from '@gatehouse/local-stack';

const CHUNK = Buffer.alloc(64 * 1024);
const DISK_MIB = 300;

/**
 * A tmpfs of the given size in MiB, in a separate mount namespace. Needs no privileges where the kernel allows user
 * namespaces. Programs outside reach it by a symbolic link through `/proc`, programs inside by the same path.
 */
export class SmallDisk {
  private constructor(
    private readonly directory: string,
    private readonly holder: ChildProcess,
    /** Path for programs inside and outside. */
    readonly path: string,
  ) {}

  /** Throws with the kernel's reason when it is not allowed. */
  static async mount(name: string, mebibytes: number, leash: Leash): Promise<SmallDisk> {
    const directory = mkdtempSync(join(tmpdir(), `gatehouse-disk-${name}-`));
    const script = `mount -t tmpfs -o size=${mebibytes}m tmpfs "$0" && mkdir -m 700 "$0/store" && echo mounted && exec sleep 3600`;
    const holder = spawn('unshare', ['--user', '--map-root-user', '--mount', 'sh', '-c', script, directory], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    holder.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [first] = (await Promise.race([once(holder.stdout, 'data'), once(holder, 'close')])) as [unknown];
    if (!Buffer.isBuffer(first)) {
      rmSync(directory, { recursive: true, force: true });
      throw new Error(`not run: a small disk cannot be mounted here (${said.trim()})`);
    }
    leash.hold(holder.pid ?? 0, { signal: 'SIGKILL', graceMs: 1_000 });
    const path = join(directory, 'store');
    symlinkSync(`/proc/${holder.pid}/root${path}`, path);
    return new SmallDisk(directory, holder, path);
  }

  /** Runs PostgreSQL inside, as a user that it accepts. */
  get postgresIdentity(): PostgresIdentity {
    const usual = choosePostgresIdentity();
    const user =
      usual.kind === 'namespace'
        ? usual.args
        : ['--user', `--map-user=${process.getuid?.()}`, `--map-group=${process.getgid?.()}`];
    const enter = ['--target', String(this.holder.pid), '--user', '--mount', '--preserve-credentials'];
    return { kind: 'namespace', command: 'nsenter', args: [...enter, 'unshare', ...user] };
  }

  /** Fills the disk completely. */
  fill(): void {
    mkdirSync(join(this.path, 'ballast'), { recursive: true });
    const file = openSync(join(this.path, 'ballast', 'file'), 'a');
    try {
      for (;;) writeSync(file, CHUNK);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  }

  /** Frees the space again. */
  empty(): void {
    rmSync(join(this.path, 'ballast'), { recursive: true, force: true });
  }

  async unmount(): Promise<void> {
    const ended = once(this.holder, 'close');
    this.holder.kill('SIGKILL');
    await ended;
    rmSync(this.directory, { recursive: true, force: true });
  }
}

/** Disks of the servers, which can be filled. */
export interface SmallDisks {
  readonly postgres: SmallDisk;
  readonly nats: SmallDisk;
}

/** Throws with the reason when it is not allowed. */
export async function mountDisks(leash: Leash): Promise<SmallDisks> {
  if (process.env.TEST_INFRA === 'testcontainers')
    throw new Error('not run: a server in a container has no small disk');
  const postgres = await SmallDisk.mount('postgres', DISK_MIB, leash);
  return { postgres, nats: await SmallDisk.mount('nats', DISK_MIB, leash) };
}
