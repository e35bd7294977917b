import { Module } from '@nestjs/common';
import { InjectFaultsModule } from '../inject-faults/inject-faults.module';
import { KeepEndpointsModule } from '../keep-endpoints/keep-endpoints.module';
import { DeliveryLog } from './delivery-log';
import { EventPublisher } from './event-publisher';
import { WebhookDispatcher } from './webhook-dispatcher';

/** Deliveries of events to the endpoints. */
@Module({
  imports: [InjectFaultsModule, KeepEndpointsModule],
  providers: [DeliveryLog, EventPublisher, WebhookDispatcher],
  exports: [DeliveryLog, EventPublisher, WebhookDispatcher],
})
export class DeliverWebhooksModule {}
