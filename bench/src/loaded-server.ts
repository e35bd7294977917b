import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { eventually, workspaceRoot } from '@gatehouse/testing';
import { cpuTimeMs } from './cpu-time';

/** Which program is loaded, and how it is known to be ready. */
export interface LoadedServerOptions {
  /** Below `dist/`. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** Answers anything at all when the program serves. */
  readonly readyUrl: string;
  /** Where it is pinned to, if anywhere. */
  readonly core?: string;
}

/** The core of the server that is measured, and that of everything else. */
export const cores = { server: '0', rest: '1' } as const;

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** A server under load, its output written to nowhere. */
export class LoadedServer {
  private constructor(private readonly child: ChildProcess) {}

  static async start({ program, args = [], env, readyUrl, core }: LoadedServerOptions): Promise<LoadedServer> {
    const command = ['--enable-source-maps', `${workspaceRoot()}/dist/${program}`, ...args];
    const child = spawn(process.execPath, command, { env, stdio: 'ignore' });
    const server = new LoadedServer(child);
    if (core !== undefined && child.pid !== undefined) pin(child.pid, core);
    await eventually(() => fetch(readyUrl, { signal: AbortSignal.timeout(1_000) }), { timeoutMs: START_TIMEOUT_MS });
    return server;
  }

  /** Processor time so far, in microseconds; 0 where there is no `/proc`. */
  get cpuMicros(): number {
    return cpuTimeMs([this.child.pid]) * 1_000;
  }

  /** Resident memory in MiB; NaN where there is no `/proc`. */
  get residentMiB(): number {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
    } catch {
      return NaN;
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once('exit', resolve));
    this.child.kill();
    const timer = setTimeout(() => this.child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  }
}

/** Keeps a process and what it will start on one core, where the system can. */
export function pin(pid: number, core: string): void {
  spawnSync('taskset', ['-a', '-cp', core, String(pid)], { stdio: 'ignore' });
}
