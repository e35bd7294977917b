import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { nodeArguments, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { cpuTimeMs } from './cpu-time';

/** Options of a server under load. */
export interface LoadedServerOptions {
  /** Path of the program below `dist/`. */
  readonly program: string;
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** URL that answers as soon as the program listens. */
  readonly readyUrl: string;
  /** Core that the process is pinned to. */
  readonly core?: string;
  /** URL of its metrics, for the heap size. */
  readonly metricsUrl?: string;
}

/** Cores of the measured server and of everything else. */
export const cores = { server: '0', rest: '1' } as const;

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;
/** Time for a garbage collection of some hundred MiB after the signal. */
const COLLECTION_MS = 1_000;

/** Memory in MiB. */
export interface HeldMemory {
  readonly heapMiB: number;
  readonly residentMiB: number;
}

/** A server under load; its output is discarded. */
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

  /** Processor time so far, in microseconds; 0 without `/proc`. */
  get cpuMicros(): number {
    return cpuTimeMs([this.child.pid]) * 1_000;
  }

  /** Resident memory in MiB; NaN without `/proc`. */
  get residentMiB(): number {
    try {
      const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024;
    } catch {
      return NaN;
    }
  }

  /** Heap and resident memory after a garbage collection, in MiB. */
  async heldMiB(): Promise<HeldMemory> {
    if (this.metricsUrl === undefined) throw new RangeError('the heap is unknown without a metrics URL');
    // Twice, because the second collection frees what the first one released.
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

/** Pins a process and its future children to a core, where the system supports it. */
export function pin(pid: number, core: string): void {
  spawnSync('taskset', ['-a', '-cp', core, String(pid)], { stdio: 'ignore' });
}
