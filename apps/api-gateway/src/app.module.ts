import { type KeySource } from '@gatehouse/auth';
import { part } from '@gatehouse/config';
import { inboxPrefix, metricPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, RequestClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule, SecretFilesModule } from '@gatehouse/observability';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { type Logger } from 'pino';
import { AccessModule } from './access/access.module';
import { RouteRegister } from './access/route-register';
import { AccountModule } from './account/account.module';
import { AdminModule } from './admin/admin.module';
import { AuthenticationModule } from './authentication/authentication.module';
import { keysReadiness } from './authentication/clerk-keys';
import { type GatewayConfig } from './config';
import { ConsoleModule } from './console/console.module';
import { DocsModule } from './docs/docs.module';
import { AssertionModule } from './gate/assertion/assertion.module';
import { ForwardAuthModule } from './gate/forward-auth/forward-auth.module';
import { PolicyModule } from './gate/policy/policy.module';
import { ProxyModule } from './gate/proxy/proxy.module';
import { WebSocketModule } from './gate/websocket/websocket.module';
import { HttpModule } from './http/http.module';
import { MetricsModule } from './metrics/metrics.module';
import { QuotasModule } from './quotas/quotas.module';
import { RealtimeModule } from './realtime/realtime.module';
import { ResourcesModule } from './resources/resources.module';
import { CLERK_KEYS, CONFIG, DRAIN, SERVICE_NAME, STEADY_CLOCK } from './tokens';
import { type MonotonicClock } from './trust/steady-clock';
import { TrustChangeFeed } from './trust/trust-change-feed';
import { TrustModule } from './trust/trust.module';
import { WellKnownModule } from './well-known/well-known.module';

/** The gateway: its feature modules, and what all of them share. */
@Global()
@Module({})
export class AppModule {
  static forRoot(
    config: GatewayConfig,
    logger: Logger,
    routes: RouteRegister,
    clock: MonotonicClock,
    drain: () => Promise<void>,
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          metricPrefix: metricPrefix(SERVICE_NAME),
          checks: {
            inject: [NatsClient, CLERK_KEYS, TrustChangeFeed],
            useFactory: (nats: NatsClient, keys: KeySource, feed: TrustChangeFeed) => [
              natsReadiness(nats),
              { name: 'clock', check: () => feed.checkClock() },
              keysReadiness(keys),
            ],
          },
        }),
        SecretFilesModule.forRoot(SERVICE_NAME, config.secretFiles),
        MessagingModule.forRootAsync({
          useFactory: () => ({
            ...config.nats.current,
            password: part(config.nats, ({ password }) => password),
            name: SERVICE_NAME,
            inboxPrefix: inboxPrefix(SERVICE_NAME),
          }),
        }),
        TrustModule,
        AuthenticationModule,
        AccessModule,
        HttpModule,
        PolicyModule,
        ForwardAuthModule,
        ProxyModule,
        WebSocketModule,
        AssertionModule,
        WellKnownModule,
        MetricsModule,
        AccountModule,
        AdminModule,
        QuotasModule,
        ResourcesModule,
        DocsModule,
        RealtimeModule,
        ...(config.console === undefined ? [] : [ConsoleModule]),
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: RouteRegister, useValue: routes },
        { provide: STEADY_CLOCK, useValue: clock },
        { provide: DRAIN, useValue: drain },
        {
          provide: RequestClient,
          inject: [NatsClient],
          useFactory: (nats: NatsClient) =>
            new RequestClient(
              nats,
              (requests) => config.signEnvelope.current(requests),
              config.waits.reply,
              config.waits.unreported,
            ),
        },
      ],
      // ObservabilityModule injects TrustChangeFeed and CLERK_KEYS into `checks` above. TrustModule and
      // AuthenticationModule provide them. AppModule is global, so every module can inject what these two export.
      exports: [CONFIG, RouteRegister, STEADY_CLOCK, DRAIN, RequestClient, TrustModule, AuthenticationModule],
    };
  }
}
