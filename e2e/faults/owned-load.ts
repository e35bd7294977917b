import { type FaultWorld } from './fault-world';
import { type Figures, isRefusal } from './load';
import { type Acknowledged, type Final, countOwned } from './owned-figures';
import { sendAll } from './senders';

const USERS = 5;
const RESERVED = 10;
/** Time to live of a reservation that nobody settles; s. */
const TTL_S = 1;
const TIMEOUT_MS = 15_000;
const RETRY_MS = 50;
const TRIES = 1_000;

/** What the n-th write commits of its reservation: more or less than was reserved. */
const committedBy = (n: number): number => (n % 16 < 8 ? RESERVED + 3 : RESERVED - 3);

/** A user of the load, who calls the gateway with an API key. */
interface Caller {
  readonly userId: string;
  readonly key: string;
}

/**
 * What the users of one cell write to user-data, each request with an idempotency key: they create items, record uploads,
 * and reserve tokens, which they then commit, release or forget. Each request is repeated with its key until 2xx.
 */
export class OwnedLoad {
  private readonly acknowledged: Acknowledged = { items: [], uploads: [], reservations: new Map() };
  private readonly begun = performance.now();
  /** Number of responses 5xx, and of broken connections. */
  failed = 0;
  /** Pause of each of the eight senders between two writes; ms. */
  gapMs = 0;

  private constructor(
    private readonly world: FaultWorld,
    readonly name: string,
    readonly count: number,
    private readonly callers: readonly Caller[],
  ) {}

  /** Creates the users of the load, with an API key each. */
  static async prepare(world: FaultWorld, name: string, count: number): Promise<OwnedLoad> {
    const callers: Caller[] = [];
    for (let n = 0; n < USERS; n += 1) callers.push(await world.makeCaller(`${name}-${n}`));
    return new OwnedLoad(world, name, count, callers);
  }

  /** Number of writes that were acknowledged. */
  get done(): number {
    const { items, uploads, reservations } = this.acknowledged;
    return items.length + uploads.length + reservations.size;
  }

  /** Sends every write, and repeats each until it is acknowledged. */
  send(): Promise<void> {
    return sendAll(
      Array.from({ length: this.count }, (_, n) => n),
      () => this.gapMs,
      (n) => this.write(n),
    );
  }

  /** Waits until no reservation is open, and returns the counts. */
  async settle(timeoutMs: number): Promise<Figures> {
    const userIds = this.callers.map(({ userId }) => userId);
    const { missing, extra, wrong } = await countOwned(this.world, userIds, this.acknowledged, timeoutMs);
    return {
      sent: this.count,
      accepted: this.done,
      applied: this.done - missing,
      lost: missing + wrong,
      appliedTwice: extra,
      dead: 0,
      failed: this.failed,
      seconds: Math.round((performance.now() - this.begun) / 100) / 10,
    };
  }

  /** A quarter of the writes are items, a quarter uploads. Of eight reservations, six are committed. */
  private async write(n: number): Promise<void> {
    const { key } = this.callers[n % USERS] as Caller;
    const name = `${this.name} ${n}`;
    if (n % 4 === 0) {
      await this.post(key, '/api/items', { title: name }, n);
      this.acknowledged.items.push(name);
    } else if (n % 4 === 2) {
      await this.post(key, '/api/uploads', { name }, n);
      this.acknowledged.uploads.push(name);
    } else {
      const final: Final = n % 16 === 1 ? 'released' : n % 16 === 3 ? 'expired' : 'committed';
      this.acknowledged.reservations.set(await this.reserve(key, n, final), final);
    }
  }

  private async reserve(key: string, n: number, final: Final): Promise<string> {
    const draft = { amount: RESERVED, ...(final === 'expired' ? { ttlSeconds: TTL_S } : {}) };
    const { id } = await this.post(key, '/api/tokens/reservations', draft, n);
    const settle = `/api/tokens/reservations/${id}`;
    if (final === 'committed') await this.post(key, `${settle}/commit`, { amount: committedBy(n) }, n);
    if (final === 'released') await this.post(key, `${settle}/release`, {}, n);
    return id;
  }

  /** Sends a request with the idempotency key of the n-th write until 2xx. The same key on another path is another key. */
  private async post(key: string, path: string, body: object, n: number): Promise<{ readonly id: string }> {
    const headers = { 'x-api-key': key, 'idempotency-key': `${this.name}-${n}`, 'content-type': 'application/json' };
    for (let tries = 1; ; tries += 1) {
      try {
        const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
          method: 'POST',
          headers,
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        });
        const text = await response.text();
        if (response.ok) return JSON.parse(text) as { id: string };
        // 409: a former attempt with the key still runs. 429: too many requests. Neither is a failure.
        const expected = response.status >= 500 || response.status === 409 || response.status === 429;
        if (!expected || tries === TRIES) throw new RangeError(`${path}: HTTP ${response.status} ${text}`);
        if (response.status >= 500) this.failed += 1;
      } catch (error) {
        if (error instanceof RangeError || tries === TRIES) throw error;
        if (!isRefusal(error)) this.failed += 1;
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** A gateway that is not shutting down. */
  private get port(): number {
    const ports = this.world.replicas.portsOf('api-gateway');
    return ports[Math.floor(Math.random() * ports.length)] as number;
  }
}
