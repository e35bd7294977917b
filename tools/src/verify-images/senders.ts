import { Agent, request } from 'node:http';
import { Webhook } from 'svix';
import { userDelivery } from './user-delivery';

/** How the deliveries of a load ended. */
export interface LoadResult {
  /** Deliveries that got a 2xx, at the first or a later attempt. */
  readonly confirmed: readonly string[];
  /** Attempts whose connection was refused or could not be made: nothing was sent. */
  readonly unreachable: number;
  /** Attempts that were sent and got no response. */
  readonly unanswered: number;
  /** Attempts with another status than 2xx, by status. */
  readonly rejected: Readonly<Record<number, number>>;
}

/** Where signed deliveries are sent. */
export interface Receiver {
  /** Returns the host now: a container gets another address when it starts again. */
  readonly host: () => Promise<string>;
  readonly port: number;
  readonly secret: string;
  readonly instanceId: string;
}

const SENDERS = 16;
const RETRY_MS = 200;
const ATTEMPT_MS = 10_000;
const LIMIT_MS = 120_000;

/** Sends signed deliveries as Clerk does: each is repeated with the same id until it gets a 2xx. */
export class Load {
  private readonly confirmed: string[] = [];
  private readonly rejected: Record<number, number> = {};
  private readonly agent = new Agent({ keepAlive: true, maxSockets: SENDERS });
  private readonly senders: Promise<void>[];
  private unreachable = 0;
  private unanswered = 0;
  private next = 0;
  private stopped = false;
  private aborted = false;

  constructor(
    private readonly receiver: Receiver,
    private readonly name: string,
  ) {
    this.senders = Array.from({ length: SENDERS }, () => this.send());
  }

  /** Number of deliveries that got a 2xx so far. */
  get count(): number {
    return this.confirmed.length;
  }

  /** Starts no further delivery, and waits until those that were started have got their 2xx. */
  async end(): Promise<LoadResult> {
    this.stopped = true;
    await Promise.all(this.senders);
    this.agent.destroy();
    const { confirmed, unreachable, unanswered, rejected } = this;
    return { confirmed, unreachable, unanswered, rejected };
  }

  /** Gives up every delivery. */
  abort(): void {
    this.stopped = true;
    this.aborted = true;
    this.agent.destroy();
  }

  private async send(): Promise<void> {
    while (!this.stopped) {
      const { id, body } = userDelivery(this.name, this.next++, this.receiver.instanceId);
      const deadline = Date.now() + LIMIT_MS;
      while (!(await this.attempt(id, body)) && Date.now() < deadline && !this.aborted) {
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  private async attempt(id: string, body: string): Promise<boolean> {
    const outcome = await this.post(id, body);
    if (outcome === 'unreachable' || outcome === 'unanswered') {
      this[outcome] += 1;
      return false;
    }
    if (outcome >= 200 && outcome < 300) {
      this.confirmed.push(id);
      return true;
    }
    this.rejected[outcome] = (this.rejected[outcome] ?? 0) + 1;
    return false;
  }

  private async post(id: string, body: string): Promise<number | 'unreachable' | 'unanswered'> {
    const time = new Date();
    const headers = {
      'content-type': 'application/json',
      'svix-id': id,
      'svix-timestamp': String(Math.floor(time.getTime() / 1000)),
      'svix-signature': new Webhook(this.receiver.secret).sign(id, time, body),
    };
    const host = await this.receiver.host();
    return new Promise((resolve) => {
      const sent = request({
        host,
        port: this.receiver.port,
        path: '/webhooks/clerk',
        method: 'POST',
        headers,
        agent: this.agent,
        timeout: ATTEMPT_MS,
      });
      let connected = false;
      sent.on('socket', (socket) => {
        if (!socket.connecting) connected = true;
        else socket.once('connect', () => (connected = true));
      });
      sent.on('response', (response) => response.resume().once('end', () => resolve(response.statusCode ?? 0)));
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve(connected ? 'unanswered' : 'unreachable'));
      sent.end(body);
    });
  }
}
