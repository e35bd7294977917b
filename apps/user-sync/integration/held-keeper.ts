import { setTimeout } from 'node:timers/promises';
import { type NatsClient, StreamMaker } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';

const INTERVAL_MS = 200;
/** A lost message is redelivered while a test still waits for it. */
const ACK_WAIT_MS = 10_000;

/** Creates missing streams and consumers like stream-keeper, except while a test holds it. */
export class HeldKeeper {
  private readonly maker: StreamMaker;
  private held = false;
  private stopped = false;
  private work: Promise<void> = Promise.resolve();
  private loop: Promise<void> = Promise.resolve();

  constructor(nats: NatsClient) {
    this.maker = new StreamMaker(nats, { replicas: 1, ackWaitMs: ACK_WAIT_MS });
  }

  /** Resolves when every stream and consumer exists. */
  async start(): Promise<void> {
    await eventually(() => this.maker.createAll());
    this.loop = this.run();
  }

  /** Creates nothing until `release`. Resolves when no creation is in progress. */
  async hold(): Promise<void> {
    this.held = true;
    await this.work;
  }

  release(): void {
    this.held = false;
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.loop;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // NATS may be stopped by a test: the next call creates what is missing.
      if (!this.held) await (this.work = this.maker.createAll().catch(() => undefined));
      await setTimeout(INTERVAL_MS);
    }
  }
}
