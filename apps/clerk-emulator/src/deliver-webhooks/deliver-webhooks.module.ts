import { Module } from '@nestjs/common';
import { InjectFaultsModule } from '../inject-faults/inject-faults.module';
import { Endpoints } from '../keep-endpoints/endpoints';
import { DeliveryLog } from './delivery-log';
import { EventPublisher } from './event-publisher';
import { WebhookDispatcher } from './webhook-dispatcher';

/** Endpoints, and the deliveries to them. */
@Module({
  imports: [InjectFaultsModule],
  providers: [DeliveryLog, Endpoints, EventPublisher, WebhookDispatcher],
  exports: [DeliveryLog, Endpoints, EventPublisher, WebhookDispatcher],
})
export class DeliverWebhooksModule {}
