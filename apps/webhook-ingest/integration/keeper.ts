import { NatsClient, StreamMaker } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/observability';
import { type OwnNats, eventually } from '@gatehouse/testing';

const EVERY_MS = 200;
/** Long enough for a busy machine, and short enough for a test that waits for a redelivery. */
const ACK_WAIT_MS = 5_000;

/** Creates missing streams and consumers like stream-keeper, except while it is held. */
export class Keeper {
  private held = false;
  private running: Promise<void> = Promise.resolve();
  private readonly timer = setInterval(() => this.wake(), EVERY_MS);

  private constructor(
    private readonly client: NatsClient,
    private readonly maker: StreamMaker,
  ) {}

  /** Resolves when every stream and consumer exists. */
  static async start(nats: OwnNats): Promise<Keeper> {
    const { user, pass: password, inboxPrefix } = nats.as('stream-keeper');
    const client = new NatsClient(
      { servers: [nats.url], user, password, name: user, inboxPrefix },
      createLogger({ service: 'test', level: 'silent' }),
    );
    await client.start();
    const maker = new StreamMaker(client, { replicas: 1, ackWaitMs: ACK_WAIT_MS });
    await eventually(() => maker.createAll());
    return new Keeper(client, maker);
  }

  /** Resolves when nothing more is created until `release`. */
  async hold(): Promise<void> {
    this.held = true;
    await this.running;
  }

  release(): void {
    this.held = false;
  }

  async stop(): Promise<void> {
    clearInterval(this.timer);
    await this.hold();
    await this.client.close();
  }

  private wake(): void {
    if (this.held) return;
    // Runs one after the other; a run without NATS ends at once.
    this.running = this.running.then(() => (this.held ? undefined : this.maker.createAll())).catch(() => undefined);
  }
}
