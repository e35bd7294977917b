import { type OnApplicationShutdown } from '@nestjs/common';
import { type EventPublisher } from './publish-event/event-publisher';
import { type RejectedDeliveries } from './receive-webhook/rejected-deliveries';
import { type Ledger } from './record-webhook/ledger';

/**
 * When HTTP and the transports are closed, waits for what requests left in hand: rows whose sender hung up, publishes
 * after the answer, notes of refusals. The database and NATS are closed after it.
 */
export class DrainOnShutdown implements OnApplicationShutdown {
  constructor(
    private readonly ledger: Ledger,
    private readonly publisher: EventPublisher,
    private readonly rejected: RejectedDeliveries,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.ledger.idle();
    await Promise.all([this.publisher.idle(), this.rejected.idle()]);
  }
}
