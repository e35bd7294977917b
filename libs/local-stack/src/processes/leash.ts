import { spawn, type ChildProcess } from 'node:child_process';
import { Socket } from 'node:net';
import { extname, join } from 'node:path';

/** Signal that stops a process, and the time until SIGKILL in milliseconds. */
export interface LeashTerms {
  signal: NodeJS.Signals;
  graceMs: number;
}

/**
 * Stops servers when this process ends, even by SIGKILL. A detached helper process holds the other end of a pipe, and
 * stops the servers when the pipe closes.
 */
export class Leash {
  private constructor(private readonly holder: ChildProcess) {}

  /** Starts the helper process, which ends at `release()` or with this process. */
  static start(): Leash {
    // In the build the helper is JavaScript. Under Jest it is TypeScript, whose types Node strips.
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

  /** Adds a process to stop when this process ends. Processes are stopped in reverse order: the last added first. */
  hold(pid: number, terms: LeashTerms): void {
    this.send({ hold: { pid, ...terms } });
  }

  /** Removes a process that has ended from the processes to stop. */
  remove(pid: number): void {
    this.send({ remove: pid });
  }

  /** Orders the helper to remove this directory after all processes are stopped. */
  removeAtEnd(directory: string): void {
    this.send({ removeAtEnd: directory });
  }

  /**
   * Ends the helper, which first stops the added processes. Resolves when the helper has ended, after 10 s at the
   * latest.
   */
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

  private send(order: object): void {
    this.holder.stdin?.write(JSON.stringify(order) + '\n');
  }
}
