import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { nodeArguments, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
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
  /** Where it tells its metrics, if its heap is asked for. */
  readonly metricsUrl?: string;
}

/** The core of the server that is measured, and that of everything else. */
export const cores = { server: '0', rest: '1' } as const;

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
/** Long enough for a signal to be heard and a heap of some hundred MiB to be collected. */
const COLLECTION_MS = 1_000;

/** Memory in MiB. */
export interface HeldMemory {
  readonly heapMiB: number;
  readonly residentMiB: number;
}

/** A server under load, its output written to nowhere. */
export class LoadedServer {
  private constructor(
    private readonly child: ChildProcess,
    private readonly metricsUrl: string | undefined,
  ) {}

  static async start({
    program,
    args = [],
    env,
    readyUrl,
    core,
    metricsUrl,
  }: LoadedServerOptions): Promise<LoadedServer> {
    const dist = `${workspaceRoot()}/dist`;
    const measured =
      metricsUrl === undefined ? [] : ['--expose-gc', '--require', `${dist}/bench/src/collect-garbage.js`];
    const command = [...nodeArguments, ...measured, `${dist}/${program}`, ...args];
    const child = spawn(process.execPath, command, { env, stdio: 'ignore' });
    const server = new LoadedServer(child, metricsUrl);
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

  /** What it holds, in MiB, after its garbage was collected: on its heap, and resident. */
  async heldMiB(): Promise<HeldMemory> {
    if (this.metricsUrl === undefined) throw new RangeError('a server without metrics does not tell its heap');
    // One collection finds what another has let go of.
    for (let count = 0; count < 2; count++) {
      this.child.kill('SIGUSR2');
      await new Promise((resolve) => setTimeout(resolve, COLLECTION_MS));
    }
    const metrics = await (await fetch(this.metricsUrl, { signal: AbortSignal.timeout(5_000) })).text();
    const bytes = Number(/^nodejs_heap_size_used_bytes(?:\{.*\})? (\S+)/m.exec(metrics)?.[1]);
    return { heapMiB: bytes / 1_048_576, residentMiB: this.residentMiB };
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
