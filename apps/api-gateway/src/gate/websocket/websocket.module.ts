import { Module } from '@nestjs/common';
import { MetricsModule } from '../../metrics/metrics.module';
import { AssertionModule } from '../assertion/assertion.module';
import { GateModule } from '../gate.module';
import { OpenStreamsModule } from '../open-streams/open-streams.module';
import { ProxyModule } from '../proxy/proxy.module';
import { WebSocketProxy } from './websocket-proxy';

/** Opens WebSockets to the upstreams of the policy. */
@Module({
  imports: [GateModule, AssertionModule, MetricsModule, OpenStreamsModule, ProxyModule],
  providers: [WebSocketProxy],
  exports: [WebSocketProxy],
})
export class WebSocketModule {}
