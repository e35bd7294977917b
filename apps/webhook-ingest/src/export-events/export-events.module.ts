import { Module } from '@nestjs/common';
import { ExportEventsController } from './export-events.controller';

/** The events about a user, for the export of its data. */
@Module({ controllers: [ExportEventsController] })
export class ExportEventsModule {}
