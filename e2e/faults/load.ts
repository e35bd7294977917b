import { eventually } from '@gatehouse/testing';
import { Webhook } from 'standardwebhooks';
import { type UserDelivery, userDelivery } from '../user-delivery';
import { type FaultWorld } from './fault-world';
import { sendAll } from './senders';

/** Result of a cell of the matrix. */
export interface Figures {
  sent: number;
  accepted: number;
  applied: number;
  lost: number;
  appliedTwice: number;
  dead: number;
  /** Requests with a status other than 2xx or a broken connection; refused connections do not count. */
  failed: number;
  seconds: number;
}

const USERS_PER_CELL = 10;

/** The deliveries of one cell and their results. */
export class Load {
  readonly deliveries: readonly UserDelivery[];
  readonly accepted: string[] = [];
  private readonly begun = performance.now();

  constructor(
    private readonly world: FaultWorld,
    readonly name: string,
    count: number,
  ) {
    this.deliveries = Array.from({ length: count }, (_, n) => userDelivery(this.name, n, USERS_PER_CELL));
  }

  /** Number of requests with a status other than 2xx or a broken connection. */
  failed = 0;
  /** Pause of each of the eight senders between two deliveries, for long faults; ms. */
  gapMs = 0;

  /** Number of accepted deliveries. */
  get done(): number {
    return this.accepted.length;
  }

  /** Sends all deliveries and retries each until 2xx, faster than Clerk. @param stampOffsetMs offset of the sender's clock */
  send(stampOffsetMs: () => number = () => 0): Promise<void> {
    return sendAll(
      this.deliveries,
      () => this.gapMs,
      async (delivery) => {
        await this.deliver(delivery, stampOffsetMs);
        this.accepted.push(delivery.id);
      },
    );
  }

  /** Waits until every accepted delivery has a final status. */
  async settled(timeoutMs: number): Promise<void> {
    await eventually(
      async () => {
        const open = (await this.states()).filter(({ status, dead }) => status !== 'success' && !dead);
        if (open.length > 0) throw new Error(`${open.length} are open: ${JSON.stringify(open.slice(0, 3))}`);
      },
      { timeoutMs, intervalMs: 200 },
    );
  }

  /** Current number of dead deliveries. */
  async deadNow(): Promise<number> {
    return (await this.states()).filter(({ dead }) => dead).length;
  }

  /** Waits until every accepted delivery has a final status, and returns the counts. */
  async settle(timeoutMs: number): Promise<Figures> {
    await this.settled(timeoutMs).catch(() => undefined);
    const rows = await this.states();
    const [applied] = await this.world.query<{ rows: number; ids: number; creations: number }>(
      'users',
      `SELECT count(*)::int AS rows, count(DISTINCT webhook_id)::int AS ids FROM applied_events WHERE webhook_id = ANY ($1)`,
      [this.accepted],
    );
    const creations = await this.world.query<{ n: number }>(
      'users',
      `SELECT count(*)::int AS n FROM applied_events
        WHERE webhook_id = ANY ($1) AND decision = 'create' GROUP BY clerk_user_id HAVING count(*) > 1`,
      [this.accepted],
    );
    const succeeded = rows.filter(({ status }) => status === 'success').length;
    const dead = rows.filter((row) => row.dead).length;
    return {
      sent: this.deliveries.length,
      accepted: this.accepted.length,
      applied: applied?.ids ?? 0,
      lost: this.accepted.length - succeeded - dead + (await this.stale()),
      appliedTwice: (applied?.rows ?? 0) - (applied?.ids ?? 0) + creations.length,
      dead,
      failed: this.failed,
      seconds: Math.round((performance.now() - this.begun) / 100) / 10,
    };
  }

  private states(): Promise<{ webhook_id: string; status: string; dead: boolean }[]> {
    return this.world.query(
      'ingest',
      `SELECT webhook_id, status, status = 'failed' AND next_retry_at IS NULL AS dead
         FROM webhook_events WHERE webhook_id = ANY ($1)`,
      [this.accepted],
    );
  }

  /** Users that do not have the newest accepted version, unless that delivery ended dead. */
  private async stale(): Promise<number> {
    const newest = new Map<string, number>();
    const dead = await this.world.query<{ webhook_id: string }>(
      'ingest',
      `SELECT webhook_id FROM webhook_events WHERE webhook_id = ANY ($1) AND status = 'failed'`,
      [this.accepted],
    );
    const out = new Set(dead.map(({ webhook_id: id }) => id));
    const accepted = new Set(this.accepted);
    for (const { id, userId, version } of this.deliveries) {
      if (accepted.has(id) && !out.has(id)) newest.set(userId, Math.max(version, newest.get(userId) ?? 0));
    }
    const users = await this.world.query<{ clerk_user_id: string; last_name: string }>(
      'users',
      'SELECT clerk_user_id, last_name FROM users WHERE clerk_user_id = ANY ($1)',
      [[...newest.keys()]],
    );
    const names = new Map(users.map(({ clerk_user_id: id, last_name: name }) => [id, name]));
    return [...newest].filter(([userId, version]) => names.get(userId) !== `v${version}`).length;
  }

  private async deliver({ id, body }: UserDelivery, stampOffsetMs: () => number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      try {
        if (await this.post(id, body, stampOffsetMs())) return;
        this.failed += 1;
      } catch (error) {
        if (!isRefusal(error)) this.failed += 1;
        if (tries === 1_000) throw error;
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  private async post(id: string, body: string, offsetMs: number): Promise<boolean> {
    const { gatehouse, replicas } = this.world;
    const ports = replicas.portsOf('webhook-ingest');
    const port = ports[Math.floor(Math.random() * ports.length)];
    const secret = gatehouse.environments['webhook-ingest'].CLERK_WEBHOOK_SIGNING_SECRETS ?? '';
    const at = new Date(Date.now() + offsetMs);
    const response = await fetch(`http://127.0.0.1:${port}/webhooks/clerk`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'svix-id': id,
        'svix-timestamp': String(Math.floor(at.getTime() / 1000)),
        'svix-signature': new Webhook(secret).sign(id, at, body),
      },
      body,
      signal: AbortSignal.timeout(15_000),
    });
    await response.arrayBuffer();
    return response.ok;
  }
}

/** True when no server listened, so that no request was sent. */
export function isRefusal(error: unknown): boolean {
  const { cause } = error as { cause?: { syscall?: unknown } };
  return cause?.syscall === 'connect';
}
