import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NotBuiltError, ServiceFailedError } from '../errors';
import { type Leash } from '../processes/leash';
import { ManagedProcess, type ProcessExit } from '../processes/managed-process';
import { nodeArguments } from './node-arguments';
import { type AppName } from './service-environment';

/** What one program of the workspace needs to run. */
export interface AppProcessOptions {
  name: AppName;
  /** The checkout, with `dist/` in it. */
  root: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** Answers 200 when the program is ready. */
  readyUrl: string;
  leash: Leash;
  onLine?: (line: string) => void;
  /** Called once a run, when its log file cannot be written. */
  onLogError?: (error: unknown) => void;
  /** Called when it ends without having been asked to. */
  onCrash?: (exit: ProcessExit) => void;
  readyTimeoutMs?: number;
}

/** One program of the workspace, run from its build as a child process; may be stopped, killed and started again. */
export class AppProcess {
  private process: ManagedProcess | undefined;

  constructor(private readonly options: AppProcessOptions) {}

  get name(): AppName {
    return this.options.name;
  }

  get pid(): number | undefined {
    return this.process?.running ? this.process.pid : undefined;
  }

  /**
   * Starts it and waits until it is ready.
   * @throws NotBuiltError, ServiceFailedError
   */
  async start(): Promise<void> {
    if (this.process?.running) return;
    const main = join(this.options.root, 'dist/apps', this.name, 'src/main.js');
    if (!existsSync(main)) throw new NotBuiltError(main);
    const child = await ManagedProcess.start({
      name: this.name,
      command: process.execPath,
      args: [...nodeArguments, main],
      cwd: this.options.root,
      env: this.options.environment,
      logFile: this.options.logFile,
      // Without a listener the file would be its output, and no failure to write it would be noticed.
      onLine: this.options.onLine ?? (() => undefined),
      onLogError: this.options.onLogError,
      ipc: true,
      // A service finishes what it has in hand within 25 s.
      graceMs: 28_000,
      leash: this.options.leash,
    });
    this.process = child;
    void child.exited.then((exit) => {
      if (!child.stopRequested) this.options.onCrash?.(exit);
    });
    await this.untilReady(child);
  }

  /** Orderly: SIGTERM, and SIGKILL only when it does not end in time. */
  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** SIGKILL: it gets no chance to finish anything. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** What the present or last run wrote last, oldest first. */
  lastLines(count: number): string[] {
    return this.process?.lastLines(count) ?? [];
  }

  private async untilReady(child: ManagedProcess): Promise<void> {
    const timeoutMs = this.options.readyTimeoutMs ?? 60_000;
    const deadline = Date.now() + timeoutMs;
    let answer = 'it does not answer';
    while (child.running && Date.now() < deadline) {
      try {
        const response = await fetch(this.options.readyUrl, { signal: AbortSignal.timeout(5000) });
        if (response.ok) return;
        answer = `it answers ${response.status}${await failingChecks(response)}`;
      } catch {
        // Not listening yet.
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (child.stopRequested) throw new ServiceFailedError(`${this.name} was stopped while starting.`, []);
    if (child.running) {
      await child.stop();
      throw new ServiceFailedError(
        `${this.name} was not ready within ${timeoutMs / 1000} s: ${answer}.`,
        this.lastLines(10),
      );
    }
    const { code, signal } = await child.exited;
    const end = signal ? `was ended by ${signal}` : `ended with exit code ${code}`;
    throw new ServiceFailedError(`${this.name} ${end} while starting.`, this.lastLines(10));
  }
}

/** The names of the checks that a readiness answer reports as failing; nothing else of it. */
async function failingChecks(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const failing = (body as { error?: unknown } | null | undefined)?.error;
  if (typeof failing !== 'object' || failing === null) return '';
  const names = Object.keys(failing).filter((name) => /^[\w-]{1,40}$/.test(name));
  return names.length > 0 ? ` (not ready: ${names.join(', ')})` : '';
}
