import { type AppProcess } from '@gatehouse/local-stack';

const PAUSE_MS = 50;

/** Services that are started again whenever they are down, as an orchestrator does. */
export class KeptServices {
  private readonly kept = new Map<AppProcess, Promise<void>>();
  private ended = false;
  /** How often one was started again. */
  restarts = 0;

  keep(app: AppProcess): void {
    // There before the loop first asks for it.
    this.kept.set(app, Promise.resolve());
    this.kept.set(app, this.watch(app));
  }

  /** It is started no more, once it is down. */
  letGo(app: AppProcess): void {
    this.kept.delete(app);
  }

  /** Nothing is started any more. */
  end(): void {
    this.ended = true;
  }

  /** Resolves when nothing is being started any more. */
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
        // Killed while it started: once more.
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
