import { Module } from '@nestjs/common';
import { TrustModule } from '../../trust/trust.module';
import { OpenStreams } from './open-streams';
import { StreamMetrics } from './stream-metrics';

/** Open answers of upstreams, and what ends them. */
@Module({ imports: [TrustModule], providers: [OpenStreams, StreamMetrics], exports: [OpenStreams] })
export class OpenStreamsModule {}
