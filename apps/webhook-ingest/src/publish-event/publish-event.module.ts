import { Module } from '@nestjs/common';
import { EventPublisher } from './event-publisher';
import { PublishLog } from './publish-log';
import { StreamKeeper } from './stream-keeper';

/**
 * Publishes events on the stream `CLERK_EVENTS`, creates the stream when it is missing, and stores its
 * acknowledgements.
 */
@Module({ providers: [EventPublisher, PublishLog, StreamKeeper], exports: [EventPublisher] })
export class PublishEventModule {}
