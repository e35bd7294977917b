import { Module } from '@nestjs/common';
import { PublishEventModule } from '../publish-event/publish-event.module';
import { Relay } from './relay';

/** Publishes the events of the ledger that are not on the stream, and those whose retry is due. */
@Module({ imports: [PublishEventModule], providers: [Relay] })
export class RelayEventsModule {}
