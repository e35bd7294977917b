import { type IncomingMessage, type Server, type ServerResponse, createServer, request } from 'node:http';
import { setTimeout } from 'node:timers/promises';

const PROBE_INTERVAL_MS = 250;
const PROBE_TIMEOUT_MS = 5_000;
/** Failed probes in a row after which a replica counts as not ready; the default of Kubernetes. */
const FAILURE_THRESHOLD = 3;

/** A replica that gets requests while its readiness probe succeeds. */
export interface Target {
  readonly port: number;
  readonly opsPort: number;
  readonly probeUrl: string;
  /** Number of its responses. */
  answered: number;
}

/** Sends each request to the next ready replica. Never repeats a request. */
export class LoadBalancer {
  /** Number of the latest probes in a row that have failed. */
  private readonly failedProbes = new Map<Target, number>();
  private turn = 0;
  private readonly server: Server;
  private stopped = false;

  private constructor(readonly port: number) {
    this.server = createServer((incoming, answer) => this.forward(incoming, answer));
    void this.keepProbing();
  }

  static async start(port: number): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(port);
    await new Promise<void>((resolve) => balancer.server.listen(port, '127.0.0.1', resolve));
    return balancer;
  }

  /** Replicas that get requests. */
  get targets(): Target[] {
    return [...this.failedProbes].flatMap(([target, failed]) => (failed < FAILURE_THRESHOLD ? [target] : []));
  }

  /** Adds a replica that is ready. */
  add(target: Target): void {
    this.failedProbes.set(target, 0);
  }

  /** Sends no further request to the replica. */
  remove(target: Target): void {
    this.failedProbes.delete(target);
  }

  stop(): void {
    this.stopped = true;
    this.server.closeAllConnections();
    this.server.close();
  }

  private async keepProbing(): Promise<void> {
    while (!this.stopped) {
      await this.probe();
      await setTimeout(PROBE_INTERVAL_MS, undefined, { ref: false });
    }
  }

  private async probe(): Promise<void> {
    await Promise.all(
      [...this.failedProbes.keys()].map(async (target) => {
        const answer = await fetch(target.probeUrl, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) }).catch(
          () => null,
        );
        const failed = this.failedProbes.get(target);
        // Undefined when the replica was removed meanwhile.
        if (failed !== undefined) this.failedProbes.set(target, answer?.ok === true ? 0 : failed + 1);
      }),
    );
  }

  private forward(incoming: IncomingMessage, answer: ServerResponse): void {
    const { targets } = this;
    const target = targets[this.turn++ % targets.length];
    if (target === undefined) return void answer.writeHead(502).end('no replica is ready');
    const { method, headers, url: path } = incoming;
    // A connection of its own for each request, so that no replica closes one that the next request is about to use.
    const to = { host: '127.0.0.1', port: target.port, agent: false, method, path };
    const outgoing = request({ ...to, headers: { ...headers, connection: 'close' } }, (response) => {
      target.answered += 1;
      const { connection: _, ...own } = response.headers;
      answer.writeHead(response.statusCode ?? 502, own);
      response.pipe(answer);
    });
    outgoing.on('error', ({ message }) => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end(`the replica on port ${target.port} gave no response: ${message}`);
    });
    incoming.pipe(outgoing);
  }
}
