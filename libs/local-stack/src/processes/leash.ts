import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { extname, join } from 'node:path';

/** How a held process is asked to end, and for how long, in milliseconds, before SIGKILL. */
export interface LeashTerms {
  signal: NodeJS.Signals;
  graceMs: number;
}

/**
 * Ties servers to the life of this process: a small detached helper holds the other end of a pipe, and stops what it
 * was told of when the pipe closes, so that even SIGKILL of this process leaves no server behind.
 */
export class Leash {
  private constructor(private readonly holder: ChildProcess) {}

  /** Starts the helper; it costs one idle process and ends with `release()` or with this process. */
  static start(): Leash {
    // In the build the helper is JavaScript beside this file; under Jest it is TypeScript that Node strips by itself.
    const file = join(__dirname, `leash-holder${extname(__filename)}`);
    const holder = spawn(process.execPath, ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', file], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      cwd: '/',
      env: {},
    });
    holder.on('error', () => undefined);
    holder.stdin?.on('error', () => undefined);
    holder.unref();
    if (holder.stdin instanceof Socket) holder.stdin.unref();
    return new Leash(holder);
  }

  /** Stops this process, after those held later, when we end. */
  hold(pid: number, terms: LeashTerms): void {
    this.tell({ hold: { pid, ...terms } });
  }

  /** Forgets a process that has ended in an orderly way. */
  letGo(pid: number): void {
    this.tell({ letGo: pid });
  }

  /** Removes this directory after everything has been stopped. */
  removeAtEnd(directory: string): void {
    this.tell({ removeAtEnd: directory });
  }

  /** Ends the helper, which stops whatever it still holds; resolves when it has gone, after 10 s at the latest. */
  async release(): Promise<void> {
    const { holder } = this;
    if (holder.exitCode !== null || holder.signalCode !== null) return;
    holder.ref();
    const gone = new Promise<void>((resolve) => {
      const limit = setTimeout(resolve, 10_000);
      holder.once('exit', () => {
        clearTimeout(limit);
        resolve();
      });
    });
    holder.stdin?.end();
    await gone;
  }

  private tell(order: object): void {
    this.holder.stdin?.write(JSON.stringify(order) + '\n');
  }
}
