import { Module } from '@nestjs/common';
import { TailEventsController } from './tail-events.controller';

/** Follows the events of the ledger. */
@Module({ controllers: [TailEventsController] })
export class TailEventsModule {}
