import { Module } from '@nestjs/common';
import { type GatewayConfig } from '../../config';
import { MetricsModule } from '../../metrics/metrics.module';
import { CONFIG } from '../../tokens';
import { AssertionModule } from '../assertion/assertion.module';
import { GateModule } from '../gate.module';
import { OpenStreamsModule } from '../open-streams/open-streams.module';
import { ProxyRoutes } from './proxy-routes';
import { UpstreamProxy } from './upstream-proxy';

/** Sends requests to the upstreams of the policy. */
@Module({
  imports: [GateModule, AssertionModule, MetricsModule, OpenStreamsModule],
  providers: [
    UpstreamProxy,
    {
      provide: ProxyRoutes,
      inject: [CONFIG],
      useFactory: ({ gate, publicUrl }: GatewayConfig) => new ProxyRoutes(gate.policy, new URL(publicUrl).origin),
    },
  ],
  exports: [UpstreamProxy, ProxyRoutes],
})
export class ProxyModule {}
