import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceName } from '@gatehouse/contracts';
import { AppProcess, Leash, freePort, withClient } from '@gatehouse/local-stack';
import { LoadBalancer, type Target } from './load-balancer';
import { type Release } from './release';
import { Servers } from './servers';
import { PATIENCE_MS } from '@gatehouse/testing';

const REPLICAS = 2;
/** Level of errors in the log lines of pino. */
const ERROR_LEVEL = 50;
/** Query of the readiness probe of a load balancer; see docs/reference/configuration.md. */
const PROBE_QUERIES: Partial<Record<ServiceName, string>> = {
  'api-gateway': '?exclude=clerk-keys',
  'webhook-ingest': '?exclude=nats&exclude=streams&exclude=consumers',
};

interface Replica {
  readonly service: ServiceName;
  readonly release: Release;
  readonly app: AppProcess;
  readonly target: Target;
}

/** A Gatehouse with two replicas of each service, whose release changes while it runs. */
export class Deployment {
  private readonly replicas = new Set<Replica>();
  private started = 0;
  /** Lines that a service logs as an error or writes to standard error, and unexpected ends. */
  readonly faults: string[] = [];

  private constructor(
    private readonly directory: string,
    private readonly leash: Leash,
    readonly servers: Servers,
    readonly gateways: LoadBalancer,
    private readonly ingests: LoadBalancer,
  ) {}

  /** Starts the servers and all services of a release. */
  static async start(release: Release): Promise<Deployment> {
    const directory = mkdtempSync(join(tmpdir(), 'gatehouse-releases-'));
    const leash = Leash.start();
    leash.removeAtEnd(directory);
    try {
      const servers = await Servers.start(directory, leash, release);
      const { gateway, ingest } = servers.ports;
      const balancers = [await LoadBalancer.start(gateway), await LoadBalancer.start(ingest)] as const;
      const deployment = new Deployment(directory, leash, servers, ...balancers);
      await servers.prepare(release);
      await Promise.all(release.services.map((service) => deployment.startReplicas(service, release)));
      return deployment;
    } catch (error) {
      // Stops what was started.
      await leash.release();
      throw error;
    }
  }

  /** Starts replicas of a service beside those that run. */
  async startReplicas(service: ServiceName, release: Release): Promise<void> {
    const replicas: Replica[] = [];
    for (let n = 0; n < REPLICAS; n += 1) replicas.push(await this.replica(service, release));
    await Promise.all(replicas.map(({ app }) => app.start()));
    for (const replica of replicas) {
      this.replicas.add(replica);
      this.balancerOf(service)?.add(replica.target);
    }
  }

  /** Stops the replicas that run another release of a service, one after the other. */
  async stopOtherReplicas(service: ServiceName, release: Release): Promise<void> {
    for (const replica of [...this.replicas].filter((one) => one.service === service && one.release !== release)) {
      this.replicas.delete(replica);
      // Like an orchestrator, sends nothing to a replica that is about to stop. What it has received continues.
      this.balancerOf(service)?.remove(replica.target);
      await replica.app.stop();
    }
  }

  /** Names of the replicas that have done no work yet: answered no request, or applied no event. */
  async idleReplicas(): Promise<string[]> {
    const names = await Promise.all(
      [...this.replicas].map(async ({ service, release, app, target }) => {
        const applied = async () => (await metricSum(target, 'gatehouse_user_sync_events_total')) > 0;
        const works =
          this.balancerOf(service) !== undefined ? target.answered > 0 : service !== 'user-sync' || (await applied());
        return works ? [] : [`${service} ${app.pid} of ${release.name}`];
      }),
    );
    return names.flat();
  }

  /** Queries a database directly. */
  query<Row extends object>(database: 'ingest' | 'users', text: string, values: unknown[] = []): Promise<Row[]> {
    return withClient(this.servers.databases[database].serviceUrl, async (client) => {
      return (await client.query<Row>(text, values)).rows;
    });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.replicas].map(({ app }) => app.stop()));
    this.gateways.stop();
    this.ingests.stop();
    await this.servers.stop();
    await this.leash.release();
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async replica(service: ServiceName, release: Release): Promise<Replica> {
    const [port, opsPort] = [await freePort(), await freePort()];
    const ready = `http://127.0.0.1:${opsPort}/readyz`;
    const variables = { ...this.servers.environments[service], PORT: String(port), OPS_PORT: String(opsPort) };
    const label = `${service} of ${release.name}`;
    const app = new AppProcess({
      name: service,
      root: release.root,
      node: release.node,
      environment: release.environment(variables),
      logFile: join(this.directory, `${service}-${(this.started += 1)}.log`),
      readyUrl: ready,
      leash: this.leash,
      onLine: (line) => {
        if (isFault(line)) this.faults.push(`${label}: ${line}`);
      },
      onCrash: ({ code, signal }) => this.faults.push(`${label} ended unexpectedly: ${signal ?? `exit code ${code}`}`),
    });
    return {
      service,
      release,
      app,
      target: { port, opsPort, probeUrl: ready + (PROBE_QUERIES[service] ?? ''), answered: 0 },
    };
  }

  private balancerOf(service: ServiceName): LoadBalancer | undefined {
    if (service === 'api-gateway') return this.gateways;
    return service === 'webhook-ingest' ? this.ingests : undefined;
  }
}

/** Sum of a counter over its labels. */
async function metricSum({ opsPort }: Target, name: string): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${opsPort}/metrics`, { signal: AbortSignal.timeout(PATIENCE_MS) });
  const lines = (await response.text()).split('\n').filter((line) => line.startsWith(`${name}{`));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function isFault(line: string): boolean {
  try {
    return (JSON.parse(line) as { level: number }).level >= ERROR_LEVEL;
  } catch {
    return line.trim() !== '';
  }
}
