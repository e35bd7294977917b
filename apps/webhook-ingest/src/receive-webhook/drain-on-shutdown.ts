import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { EventPublisher } from '../publish-event/event-publisher';
import { Ledger } from '../record-webhook/ledger';
import { RejectedDeliveryLog } from './rejected-delivery-log';

/**
 * Runs after HTTP and the transports are closed. Waits for work that outlives its request: deliveries whose sender hung
 * up, background publishes, and the log of rejected deliveries. The database and NATS close afterwards.
 */
@Injectable()
export class DrainOnShutdown implements OnApplicationShutdown {
  constructor(
    private readonly ledger: Ledger,
    private readonly publisher: EventPublisher,
    private readonly rejected: RejectedDeliveryLog,
  ) {}

  async onApplicationShutdown(): Promise<void> {
    await this.ledger.idle();
    await Promise.all([this.publisher.idle(), this.rejected.idle()]);
  }
}
