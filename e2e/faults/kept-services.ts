import { type AppProcess } from '@gatehouse/local-stack';

const PAUSE_MS = 50;

/** Services that are restarted when they are down, as by an orchestrator. */
export class KeptServices {
  private readonly kept = new Map<AppProcess, Promise<void>>();
  private ended = false;
  /** Number of restarts of a service. */
  restarts = 0;

  keep(app: AppProcess): void {
    // Set before the loop first reads it.
    this.kept.set(app, Promise.resolve());
    this.kept.set(app, this.watch(app));
  }

  /** Prevents the restart of a service. */
  release(app: AppProcess): void {
    this.kept.delete(app);
  }

  /** Prevents all restarts. */
  end(): void {
    this.ended = true;
  }

  /** Resolves when no service is starting. */
  async idle(): Promise<void> {
    await Promise.all(this.kept.values());
  }

  private async watch(app: AppProcess): Promise<void> {
    while (!this.ended && (this.kept.has(app) || app.pid !== undefined)) {
      try {
        if (app.pid === undefined) {
          this.restarts += 1;
          await app.start();
        }
      } catch {
        // Killed during its start: try again.
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
