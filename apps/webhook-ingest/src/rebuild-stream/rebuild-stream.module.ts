import { Module } from '@nestjs/common';
import { Rebuild } from './rebuild';

/** Finds events that the streams have lost, so that the relay publishes them again. */
@Module({ providers: [Rebuild] })
export class RebuildStreamModule {}
