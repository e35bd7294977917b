import { clerkEventsStream } from '@gatehouse/contracts';
import { JetStream, NatsClient } from '@gatehouse/messaging';
import { LOGGER, PeriodicWorker } from '@gatehouse/observability';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';

const CHECK_MS = 5_000;

/**
 * Creates the stream `CLERK_EVENTS` at each connect, and again when it is lost, even while no events arrive. Without
 * the stream the service is not ready and a load balancer sends it no deliveries, so no publish would create the
 * stream.
 */
@Injectable()
export class StreamKeeper extends PeriodicWorker {
  private lastCheck: 'succeeded' | 'failed' = 'succeeded';

  constructor(
    private readonly nats: NatsClient,
    private readonly jetStream: JetStream,
    @Inject(LOGGER) private readonly log: Logger,
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
      this.lastCheck = 'succeeded';
    } catch (error) {
      // Logged once per outage. One cause is a server with less storage than the stream reserves.
      if (this.lastCheck !== 'failed') this.log.warn({ err: error }, 'ensuring the event stream failed; retrying');
      this.lastCheck = 'failed';
    }
  }
}
