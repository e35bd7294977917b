import { Module } from '@nestjs/common';
import { ClerkModule } from '../clerk/clerk.module';
import { MetadataCollisionsController } from './list-metadata-collisions/metadata-collisions.controller';
import { WriteBacksController } from './list-write-backs/write-backs.controller';
import { WriteBackQueue } from './queue/write-back-queue';
import { WriteBackMetrics } from './worker/write-back-metrics';
import { WriteBackRound } from './worker/write-back-round';
import { WriteBackWorker } from './worker/write-back-worker';

/** Owns what Gatehouse writes to Clerk's `publicMetadata`, and the collisions with values of the company. */
@Module({
  imports: [ClerkModule],
  controllers: [MetadataCollisionsController, WriteBacksController],
  providers: [WriteBackMetrics, WriteBackQueue, WriteBackRound, WriteBackWorker],
})
export class WriteBackModule {}
