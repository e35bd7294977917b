import { Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { PublishEventModule } from '../publish-event/publish-event.module';
import { RecordWebhookModule } from '../record-webhook/record-webhook.module';
import { BodyReader } from './body-reader';
import { DeliveryMetrics } from './delivery-metrics';
import { DrainOnShutdown } from './drain-on-shutdown';
import { ProblemFilter } from './problem.filter';
import { ReceiveWebhookController } from './receive-webhook.controller';
import { RejectedDeliveries } from './rejected-deliveries';
import { RejectedDeliveryLog } from './rejected-delivery-log';

/** The HTTP side: verifies, parses, redacts and records Clerk's webhooks. */
@Module({
  imports: [RecordWebhookModule, PublishEventModule],
  controllers: [ReceiveWebhookController],
  providers: [
    { provide: APP_FILTER, useClass: ProblemFilter },
    BodyReader,
    DeliveryMetrics,
    DrainOnShutdown,
    RejectedDeliveries,
    RejectedDeliveryLog,
  ],
})
export class ReceiveWebhookModule {}
