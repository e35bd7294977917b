import { type ServiceName } from '@gatehouse/contracts';
import { type AppProcess, type Gatehouse, type Leash } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { type ReplicaPorts, startReplica } from '../replica';
import { type KeptServices } from './kept-services';

/** Services that are restarted when they are down. */
export const services = ['webhook-ingest', 'user-sync', 'user-data', 'api-gateway', 'stream-keeper'] as const;

/** The replicas of every service: the first, which always exists, and at times a second. */
export class Replicas {
  private readonly extra = new Map<AppProcess, ReplicaPorts>();
  private readonly leaving = new Set<number>();

  constructor(
    private readonly gatehouse: Gatehouse,
    private readonly kept: KeptServices,
    private readonly directory: string,
    private readonly leash: Leash,
  ) {}

  /** Ports for requests to a service: of every replica that is not shutting down. */
  portsOf(service: ServiceName): number[] {
    const first = Number(this.gatehouse.environments[service].PORT);
    const extra = [...this.extra].filter(([{ name }]) => name === service).map(([, { port }]) => port);
    return [first, ...extra].filter((port) => !this.leaving.has(port));
  }

  /** Runs a second replica of every service. */
  async add(): Promise<void> {
    for (const name of services) {
      const { app, ...ports } = await startReplica(this.gatehouse, name, this.directory, this.leash);
      this.extra.set(app, ports);
      this.kept.keep(app);
    }
  }

  /** Stops the second replicas. */
  async remove(): Promise<void> {
    const extra = [...this.extra.keys()];
    this.extra.clear();
    for (const app of extra) {
      this.kept.release(app);
      await app.stop();
    }
  }

  /** Restarts the replicas one after the other. Like an orchestrator, sends nothing to a replica until it is ready. */
  async restartInTurn(): Promise<void> {
    const all = new Map(this.extra);
    for (const name of services) {
      const { PORT, OPS_PORT } = this.gatehouse.environments[name];
      all.set(this.gatehouse.apps[name], { port: Number(PORT), opsPort: Number(OPS_PORT) });
    }
    for (const [app, { port, opsPort }] of all) {
      this.leaving.add(port);
      await app.stop();
      await eventually(async () => (await fetch(`http://127.0.0.1:${opsPort}/readyz`)).ok, { timeoutMs: 60_000 });
      this.leaving.delete(port);
    }
  }

  /** Kills the second replicas. */
  async kill(): Promise<void> {
    await Promise.all([...this.extra.keys()].map((app) => app.kill()));
  }
}
