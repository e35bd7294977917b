import { Module } from '@nestjs/common';
import { PublishEventModule } from '../publish-event/publish-event.module';
import { RecordWebhookModule } from '../record-webhook/record-webhook.module';
import { DeliveryMetrics } from './delivery-metrics';
import { DrainOnShutdown } from './drain-on-shutdown';
import { ReceiveWebhook } from './receive-webhook';
import { RejectedDeliveries } from './rejected-deliveries';
import { RejectedDeliveryLog } from './rejected-delivery-log';
import { WebhookEdge } from './webhook-edge';

/** The HTTP side: verifies, parses, redacts and records Clerk's webhooks. */
@Module({
  imports: [RecordWebhookModule, PublishEventModule],
  providers: [DeliveryMetrics, DrainOnShutdown, ReceiveWebhook, RejectedDeliveries, RejectedDeliveryLog, WebhookEdge],
})
export class ReceiveWebhookModule {}
