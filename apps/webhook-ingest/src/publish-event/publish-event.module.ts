import { Module } from '@nestjs/common';
import { EventPublisher } from './event-publisher';
import { PublishLog } from './publish-log';

/** Publishes events on the stream `CLERK_EVENTS` and stores its acknowledgements. */
@Module({ providers: [EventPublisher, PublishLog], exports: [EventPublisher] })
export class PublishEventModule {}
