import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { SpawnFailedError } from '../errors';
import { type Leash } from './leash';
import { lastLines, openLogFile } from './log-file';

/** How to start and stop a process. */
export interface ManagedProcessOptions {
  /** Name of the program in messages. */
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  /** Complete environment of the child process; by default that of the parent. */
  env?: NodeJS.ProcessEnv;
  uid?: number;
  gid?: number;
  /** File for standard output and error; created with mode 0600. */
  logFile: string;
  /** Called with each line of output. */
  onLine?: (line: string) => void;
  /**
   * Called at the first line that cannot be written to the log file. The log lacks the lines that could not be written.
   */
  onLogError?: (error: unknown) => void;
  /** Opens an IPC channel. When the parent ends, the channel closes, and a Node child gets the event `disconnect`. */
  ipc?: boolean;
  stopSignal?: NodeJS.Signals;
  /** Time from the stop signal to SIGKILL, in milliseconds; 10 000 by default. */
  graceMs?: number;
  leash?: Leash;
}

/** How a process ended. */
export interface ProcessExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/**
 * A child process with a log file and a time limit for stopping. It has its own process group, so that Ctrl-C does not
 * reach it.
 */
export class ManagedProcess {
  private exit: ProcessExit | undefined;
  private stopping: Promise<ProcessExit> | undefined;
  /** Resolves when the process has ended. */
  readonly exited: Promise<ProcessExit>;

  private constructor(
    private readonly child: ChildProcess,
    readonly pid: number,
    private readonly options: ManagedProcessOptions,
    private readonly logStart: number,
    onClose: () => void,
  ) {
    this.exited = new Promise((resolve) => {
      let lateClose: NodeJS.Timeout | undefined;
      child.once('exit', (code, signal) => {
        this.exit = { code, signal };
        options.leash?.remove(pid);
        // Node emits 'close' after the exit, when all output is read. If a grandchild keeps the pipe open, 'close'
        // comes late or never. So this timer emits 'close' 1 s after the exit. If this process was suspended meanwhile,
        // for example with Ctrl-Z, the timer is overdue when the process continues. Node then runs the timer before it
        // reads the waiting output. `setImmediate` delays 'close' until that output is read.
        lateClose = setTimeout(() => setImmediate(() => child.emit('close', code, signal)), 1000);
      });
      child.once('close', (code: number | null, signal: NodeJS.Signals | null) => {
        clearTimeout(lateClose);
        onClose();
        resolve({ code, signal });
      });
    });
  }

  /**
   * Starts the program. Resolves when the process exists; it may not be ready yet.
   * @throws SpawnFailedError
   */
  static async start(options: ManagedProcessOptions): Promise<ManagedProcess> {
    const log = openLogFile(options.logFile);
    const logStart = fstatSync(log).size;
    let logOpen = true;
    let logWhole = true;
    const output = options.onLine ? 'pipe' : log;
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      uid: options.uid,
      gid: options.gid,
      detached: true,
      stdio: options.ipc ? ['ignore', output, output, 'ipc'] : ['ignore', output, output],
    });
    const pid = await new Promise<number>((resolve, reject) => {
      child.once('error', (cause) => {
        closeSync(log);
        reject(new SpawnFailedError(options.name, cause, { cause }));
      });
      child.once('spawn', () => resolve(child.pid as number));
    });
    child.on('error', () => undefined);
    for (const stream of [child.stdout, child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on('line', (line) => {
        if (!logOpen) return;
        try {
          writeSync(log, line + '\n');
        } catch (error) {
          // The log cannot be written, for example because the disk is full. The parent must not crash, because it must
          // later stop its processes in the right order.
          if (logWhole) options.onLogError?.(error);
          logWhole = false;
        }
        options.onLine?.(line);
      });
    }
    options.leash?.hold(pid, { signal: options.stopSignal ?? 'SIGTERM', graceMs: options.graceMs ?? 10_000 });
    return new ManagedProcess(child, pid, options, logStart, () => {
      logOpen = false;
      closeSync(log);
    });
  }

  get name(): string {
    return this.options.name;
  }

  get running(): boolean {
    return this.exit === undefined;
  }

  /** Whether `stop()` or `kill()` was called. If so, a later exit is not a crash. */
  get stopRequested(): boolean {
    return this.stopping !== undefined;
  }

  /** Last lines that the child wrote, oldest first. */
  lastLines(count: number): string[] {
    return lastLines(this.options.logFile, count, this.logStart);
  }

  /** Sends the stop signal, and SIGKILL after the grace time. A second call waits for the first. */
  stop(): Promise<ProcessExit> {
    this.stopping ??= this.end(this.options.stopSignal ?? 'SIGTERM', this.options.graceMs ?? 10_000);
    return this.stopping;
  }

  /** Sends SIGKILL. */
  kill(): Promise<ProcessExit> {
    this.signal('SIGKILL');
    this.stopping ??= this.exited;
    return this.exited;
  }

  private async end(signal: NodeJS.Signals, graceMs: number): Promise<ProcessExit> {
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    try {
      return await this.exited;
    } finally {
      clearTimeout(timer);
    }
  }

  private signal(signal: NodeJS.Signals): void {
    if (this.running) this.child.kill(signal);
  }
}
