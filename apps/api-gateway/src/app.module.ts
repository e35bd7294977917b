import { createEnvelopeSigner, type KeySource } from '@gatehouse/auth';
import { inboxPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, RequestClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule } from '@gatehouse/observability';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { type Logger } from 'pino';
import { ProblemFilter } from './http/problem.filter';
import { ValidationPipe } from './http/validation.pipe';
import { CLERK_KEYS, authenticationProviders } from './authentication/authentication.providers';
import { keysReadiness } from './authentication/keys-readiness';
import { LetGoOfTrust } from './authentication/let-go-of-trust';
import { CONFIG, type GatewayConfig } from './config';
import { AccessGuard } from './access/access.guard';
import { RouteRegister } from './access/route-register';
import { ErasePayloadsController } from './admin/erase-user/erase-payloads.controller';
import { ExplainController } from './account/explain-credential/explain.controller';
import { ExplainUserController } from './admin/explain-user/explain-user.controller';
import { PhoneLoginController } from './account/exchange-phone-login/phone-login.controller';
import { type MonotonicClock, STEADY_CLOCK } from './trust/steady-clock';
import { ChangeFeed } from './trust/change-feed';
import { AuditController } from './admin/list-audit/audit.controller';
import { ConflictsController } from './admin/list-conflicts/conflicts.controller';
import { WebhookEventsController } from './admin/list-events/webhook-events.controller';
import { MetadataCollisionsController } from './admin/list-metadata-collisions/metadata-collisions.controller';
import { WriteBacksController } from './admin/list-write-backs/write-backs.controller';
import { ProfileController } from './account/show-me/profile.controller';
import { rateLimitProviders } from './limits/rate-limit.providers';
import { LoginController } from './account/log-in/login.controller';
import { AdminKeysController, KeysController } from './account/manage-keys/keys.controller';
import { ScopesController } from './account/manage-keys/scopes.controller';
import { ClerkIds } from './admin/find-user/clerk-ids';
import { UsersController } from './admin/manage-users/users.controller';
import { GatewayMetrics } from './metrics/gateway-metrics';
import { ApiDocument } from './docs/api-document';
import { DocsController } from './docs/docs.controller';
import { RootController } from './docs/root.controller';
import { ReconcileController } from './admin/reconcile/reconcile.controller';
import { RedriveController } from './admin/redrive-events/redrive.controller';
import { SessionController } from './account/show-session/session.controller';
import { StatsController } from './admin/show-stats/stats.controller';
import { SyncClerkUserController } from './account/sync-clerk-user/sync-clerk-user.controller';

/** The gateway: its routes, and what stands before every one of them. */
@Global()
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig, logger: Logger, routes: RouteRegister, clock: MonotonicClock): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          checks: {
            inject: [NatsClient, CLERK_KEYS, ChangeFeed],
            useFactory: (nats: NatsClient, keys: KeySource, feed: ChangeFeed) => [
              natsReadiness(nats),
              { name: 'clock', check: () => feed.checkClock() },
              keysReadiness(keys),
            ],
          },
        }),
        MessagingModule.forRootAsync({
          useFactory: () => ({ ...config.nats, name: 'api-gateway', inboxPrefix: inboxPrefix('api-gateway') }),
        }),
      ],
      controllers: [
        SessionController,
        ExplainController,
        LoginController,
        PhoneLoginController,
        SyncClerkUserController,
        ProfileController,
        KeysController,
        ScopesController,
        WebhookEventsController,
        RedriveController,
        ErasePayloadsController,
        StatsController,
        UsersController,
        ExplainUserController,
        ReconcileController,
        ConflictsController,
        WriteBacksController,
        MetadataCollisionsController,
        AdminKeysController,
        AuditController,
        DocsController,
        RootController,
      ],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: RouteRegister, useValue: routes },
        { provide: STEADY_CLOCK, useValue: clock },
        {
          provide: RequestClient,
          inject: [NatsClient],
          useFactory: (nats: NatsClient) => new RequestClient(nats, createEnvelopeSigner(config.envelopePrivateKey)),
        },
        ClerkIds,
        GatewayMetrics,
        ApiDocument,
        ...rateLimitProviders,
        ...authenticationProviders,
        AccessGuard,
        LetGoOfTrust,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: ValidationPipe },
      ],
      exports: [CLERK_KEYS, ChangeFeed],
    };
  }
}
