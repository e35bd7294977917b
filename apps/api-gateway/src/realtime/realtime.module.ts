import { METRICS } from '@gatehouse/observability';
import { Inject, Module } from '@nestjs/common';
import { Gauge, type Registry } from 'prom-client';
import { dataStream, usersStream } from '@gatehouse/contracts';
import { AuthenticationModule } from '../authentication/authentication.module';
import { TrustModule } from '../trust/trust.module';
import { LiveFeeds } from './live-feeds';
import { LiveMetrics } from './live-metrics';
import { LiveStreams } from './live-streams';
import { RealtimeController } from './realtime.controller';

/** Live updates: follows the changes of users and of what they own, and sends each user its own. */
@Module({
  imports: [AuthenticationModule, TrustModule],
  controllers: [RealtimeController],
  providers: [LiveFeeds, LiveMetrics, LiveStreams],
})
export class RealtimeModule {
  constructor(feeds: LiveFeeds, @Inject(METRICS) registry: Registry) {
    new Gauge({
      name: 'gatehouse_gateway_feed_lag_seconds',
      help: 'Time since this gateway last had every change of a stream; 0 while it has',
      labelNames: ['stream'],
      registers: [registry],
      collect() {
        this.set({ stream: usersStream.name }, feeds.lagMs('users') / 1_000);
        this.set({ stream: dataStream.name }, feeds.lagMs('data') / 1_000);
      },
    });
  }
}
