import { Global, Module } from '@nestjs/common';
import { KeeperMetrics } from './keeper-metrics';
import { KeptStreams } from './kept-streams';
import { StreamKeeper } from './stream-keeper';

/**
 * Creates streams and consumers that are missing. Global, because the readiness checks of the service read
 * `KeptStreams`.
 */
@Global()
@Module({ providers: [KeeperMetrics, KeptStreams, StreamKeeper], exports: [KeptStreams] })
export class KeepStreamsModule {}
