import { Module } from '@nestjs/common';
import { ListEventsController } from './list-events.controller';

/** Lists the events of the ledger. */
@Module({ controllers: [ListEventsController] })
export class ListEventsModule {}
