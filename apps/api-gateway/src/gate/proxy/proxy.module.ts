import { Module } from '@nestjs/common';
import { type GatewayConfig } from '../../config';
import { MetricsModule } from '../../metrics/metrics.module';
import { CONFIG } from '../../tokens';
import { AssertionModule } from '../assertion/assertion.module';
import { GateModule } from '../gate.module';
import { OpenStreamsModule } from '../open-streams/open-streams.module';
import { OldSeries } from './old-series';
import { ProxyRoutes } from './proxy-routes';
import { UpstreamMetrics } from './upstream-metrics';
import { UpstreamProxy } from './upstream-proxy';

/** Sends requests to the upstreams of the policy. */
@Module({
  imports: [GateModule, AssertionModule, MetricsModule, OpenStreamsModule],
  providers: [
    UpstreamProxy,
    UpstreamMetrics,
    OldSeries,
    {
      provide: ProxyRoutes,
      inject: [CONFIG],
      useFactory: ({ gate, publicUrl }: GatewayConfig) => new ProxyRoutes(gate.policy, new URL(publicUrl).origin),
    },
  ],
  exports: [UpstreamProxy, UpstreamMetrics, ProxyRoutes],
})
export class ProxyModule {}
