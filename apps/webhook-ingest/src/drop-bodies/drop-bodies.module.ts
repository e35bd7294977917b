import { Module } from '@nestjs/common';
import { BodyRetention } from './body-retention';

/** Drops the bodies of resolved events when they are older than the retention time. */
@Module({ providers: [BodyRetention], exports: [BodyRetention] })
export class DropBodiesModule {}
