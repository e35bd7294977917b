import { Module } from '@nestjs/common';
import { ExportController } from './export.controller';

/** What is listed only for the export of a user's data. */
@Module({ controllers: [ExportController] })
export class ExportModule {}
