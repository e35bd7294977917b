import { Leash } from '../processes/leash';
import { type ProcessExit } from '../processes/managed-process';
import { explainFileError } from '../processes/explain-failure';

/** A process that ended without being stopped. */
export interface GatehouseCrash {
  name: string;
  exit: ProcessExit;
  lastLines: readonly string[];
}

/**
 * Callbacks for what should end a run. Nothing is stopped automatically; the callback decides. Each is called at most
 * once, and not while everything is being stopped.
 */
export interface EndListeners {
  /** A process ended without being stopped. */
  onCrash?: (crash: GatehouseCrash) => void;
  /**
   * A log can no longer be written, and lacks lines from now on. Also called while Gatehouse starts. `error` is a
   * LocalServerError if the cause is known, such as a full disk; otherwise it is the error of the write.
   */
  onLogError?: (error: unknown) => void;
}

interface Part {
  /** Parts with a lower rank are stopped first, those of the same rank together. */
  rank: 0 | 1 | 2 | 3;
  stop(): Promise<unknown>;
  kill(): Promise<unknown>;
}

interface Server {
  name: string;
  exited: Promise<ProcessExit>;
  stopRequested: boolean;
  lastLines: (n: number) => string[];
}

/** The processes of one Gatehouse, and the order in which they are stopped. */
export class RunningParts {
  readonly leash = Leash.start();
  private readonly parts: Part[] = [];
  private stopRequested = false;
  private stopping: Promise<void> = Promise.resolve();
  private crashed = false;
  private logFailed = false;

  constructor(private readonly listeners: EndListeners) {}

  add(part: Part): void {
    this.parts.push(part);
  }

  /** Stops everything and releases the leash. Call it only when nothing is starting. */
  async end(): Promise<void> {
    await this.stop();
    await this.leash.release();
  }

  /** Stops everything. A second call stops the parts that were still starting during the first call. */
  stop(): Promise<void> {
    this.stopRequested = true;
    this.stopping = this.stopping.then(() => this.stopInOrder());
    return this.stopping;
  }

  /** Sends SIGKILL to all. */
  async kill(): Promise<void> {
    await Promise.all(this.parts.map((part) => part.kill()));
    await this.leash.release();
  }

  /** Reports a crash when the server ends without being stopped. */
  watch(server: Server): void {
    void server.exited.then((exit) => {
      if (!server.stopRequested) this.crash({ name: server.name, exit, lastLines: server.lastLines(10) });
    });
  }

  crash(crash: GatehouseCrash): void {
    if (this.crashed || this.stopRequested) return;
    this.crashed = true;
    this.listeners.onCrash?.(crash);
  }

  logError(error: unknown): void {
    if (this.logFailed || this.stopRequested) return;
    this.logFailed = true;
    this.listeners.onLogError?.(explainFileError(error, 'the logs'));
  }

  private async stopInOrder(): Promise<void> {
    for (const rank of [0, 1, 2, 3]) {
      await Promise.all(this.parts.filter((part) => part.rank === rank).map((part) => part.stop()));
    }
  }
}
