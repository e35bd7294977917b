import { Module } from '@nestjs/common';
import { RedriveEventsController } from './redrive-events.controller';
import { ShowRedrivesController } from './show-redrives.controller';

/** Redrives failed and ignored events, and shows the redrives. */
@Module({ controllers: [RedriveEventsController, ShowRedrivesController] })
export class RedriveEventsModule {}
