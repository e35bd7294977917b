import { Module } from '@nestjs/common';
import { MetricsModule } from '../../metrics/metrics.module';
import { AssertionModule } from '../assertion/assertion.module';
import { GateModule } from '../gate.module';
import { OpenStreamsModule } from '../open-streams/open-streams.module';
import { UpstreamProxy } from './upstream-proxy';

/** Sends requests to the upstreams of the policy. */
@Module({
  imports: [GateModule, AssertionModule, MetricsModule, OpenStreamsModule],
  providers: [UpstreamProxy],
  exports: [UpstreamProxy],
})
export class ProxyModule {}
