import { clerkEventsStream } from '@gatehouse/contracts';
import { type JetStream, type NatsClient } from '@gatehouse/messaging';
import { type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { type Logger } from 'pino';

const CHECK_MS = 5_000;

/**
 * Keeps `CLERK_EVENTS` in existence: made at the first contact with NATS and again when it was lost, whether or not
 * events come. Without it the service is not ready, and would get none.
 */
export class StreamKeeper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private stopped = false;
  private failing = false;

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly log: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => this.check(), CHECK_MS);
    this.timer.unref();
    this.nats.onConnect(() => this.check());
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    await this.checking;
  }

  private check(): void {
    if (this.stopped || !this.nats.connected) return;
    this.checking ??= this.ensure().finally(() => (this.checking = undefined));
  }

  private async ensure(): Promise<void> {
    try {
      await this.jetStream.ensureStream(clerkEventsStream);
      this.failing = false;
    } catch (error) {
      // Told once: without it nothing is published, for one when the server has less room than the stream reserves.
      if (!this.failing) this.log.warn({ err: error }, 'the event stream could not be made as it has to be');
      this.failing = true;
    }
  }
}
