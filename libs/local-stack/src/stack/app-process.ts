import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { NotBuiltError, ServiceFailedError } from '../errors';
import { type Leash } from '../processes/leash';
import { ManagedProcess, type ProcessExit } from '../processes/managed-process';
import { nodeArguments } from './node-arguments';
import { type AppName } from './service-environment';

/** How to run one program of the workspace. */
export interface AppProcessOptions {
  name: AppName;
  /** The checkout, with its `dist/`. */
  root: string;
  /** Path of the Node that runs the program; that of this process by default. */
  node?: string;
  environment: NodeJS.ProcessEnv;
  logFile: string;
  /** URL that answers 200 when the program is ready. */
  readyUrl: string;
  leash: Leash;
  onLine?: (line: string) => void;
  /** Called once in each run when the log file cannot be written. */
  onLogError?: (error: unknown) => void;
  /** Called when the program ends without `stop()` or `kill()`. */
  onCrash?: (exit: ProcessExit) => void;
  readyTimeoutMs?: number;
}

/** One program of the workspace, run from its build as a child process. Can be stopped, killed and started again. */
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
   * Starts the program and waits until it is ready.
   * @throws NotBuiltError, ServiceFailedError
   */
  async start(): Promise<void> {
    if (this.process?.running) return;
    const main = join(this.options.root, 'dist/apps', this.name, 'src/main.js');
    if (!existsSync(main)) throw new NotBuiltError(main);
    const child = await ManagedProcess.start({
      name: this.name,
      command: this.options.node ?? process.execPath,
      args: [...nodeArguments, main],
      cwd: this.options.root,
      env: this.options.environment,
      logFile: this.options.logFile,
      // Without a listener the child would write the log file itself, and a full disk would go unnoticed.
      onLine: this.options.onLine ?? (() => undefined),
      onLogError: this.options.onLogError,
      ipc: true,
      // A service finishes its open work within 25 s.
      graceMs: 28_000,
      leash: this.options.leash,
    });
    this.process = child;
    void child.exited.then((exit) => {
      if (!child.stopRequested) this.options.onCrash?.(exit);
    });
    await this.untilReady(child);
  }

  /** Sends SIGTERM, and SIGKILL when the program does not end in time. */
  async stop(): Promise<void> {
    await this.process?.stop();
  }

  /** Sends SIGKILL. */
  async kill(): Promise<void> {
    await this.process?.kill();
  }

  /** Last lines of the current or last run, oldest first. */
  lastLines(count: number): string[] {
    return this.process?.lastLines(count) ?? [];
  }

  private async untilReady(child: ManagedProcess): Promise<void> {
    const timeoutMs = this.options.readyTimeoutMs ?? 180_000;
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

/** The names of the failing checks in a readiness response. Leaves out their reasons, which may contain secrets. */
async function failingChecks(response: Response): Promise<string> {
  const body: unknown = await response.json().catch(() => undefined);
  const failing = (body as { error?: unknown } | null | undefined)?.error;
  if (typeof failing !== 'object' || failing === null) return '';
  const names = Object.keys(failing).filter((name) => /^[\w-]{1,40}$/.test(name));
  return names.length > 0 ? ` (not ready: ${names.join(', ')})` : '';
}
