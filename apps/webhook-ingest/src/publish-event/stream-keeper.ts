import { clerkEventsStream } from '@gatehouse/contracts';
import { type JetStream, type NatsClient } from '@gatehouse/messaging';
import { PeriodicWorker } from '@gatehouse/observability';
import { type Logger } from 'pino';

const CHECK_MS = 5_000;

/**
 * Keeps `CLERK_EVENTS` in existence: made at the first contact with NATS and again when it was lost, whether or not
 * events come. Without it the service is not ready, and would get none.
 */
export class StreamKeeper extends PeriodicWorker {
  private failing = false;

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    private readonly log: Logger,
  ) {
    super({ everyMs: CHECK_MS, atStart: false });
  }

  override onApplicationBootstrap(): void {
    super.onApplicationBootstrap();
    this.nats.onConnect(() => this.wake());
  }

  protected override async run(): Promise<void> {
    if (!this.nats.connected) return;
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
