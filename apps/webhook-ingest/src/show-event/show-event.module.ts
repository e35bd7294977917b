import { Module } from '@nestjs/common';
import { ShowEventController } from './show-event.controller';

/** Shows one event of the ledger. */
@Module({ controllers: [ShowEventController] })
export class ShowEventModule {}
