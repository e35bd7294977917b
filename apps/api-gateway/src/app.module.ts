import { createEnvelopeSigner, type KeySource } from '@gatehouse/auth';
import { inboxPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, RequestClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule } from '@gatehouse/observability';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { type Logger } from 'pino';
import { ProblemFilter } from './answer-problems/problem.filter';
import { ValidationPipe } from './answer-problems/validation.pipe';
import { CLERK_KEYS, authenticationProviders } from './authenticate/authentication.providers';
import { keysReadiness } from './authenticate/keys-readiness';
import { LetGoOfTrust } from './authenticate/let-go-of-trust';
import { CONFIG, type GatewayConfig } from './config';
import { AccessGuard } from './declare-access/access.guard';
import { RouteRegister } from './declare-access/route-register';
import { ErasePayloadsController } from './erase-payloads/erase-payloads.controller';
import { ExplainController } from './explain-credential/explain.controller';
import { ExplainUserController } from './explain-user/explain-user.controller';
import { PhoneLoginController } from './exchange-phone-login/phone-login.controller';
import { type MonotonicClock, STEADY_CLOCK } from './follow-changes/steady-clock';
import { ChangeFeed } from './follow-changes/change-feed';
import { AuditController } from './inspect-audit/audit.controller';
import { ConflictsController } from './inspect-conflicts/conflicts.controller';
import { WebhookEventsController } from './inspect-webhook-events/webhook-events.controller';
import { MetadataCollisionsController } from './inspect-metadata-collisions/metadata-collisions.controller';
import { WriteBacksController } from './inspect-write-backs/write-backs.controller';
import { ProfileController } from './keep-profile/profile.controller';
import { rateLimitProviders } from './limit-rates/rate-limit.providers';
import { LoginController } from './log-in/login.controller';
import { AdminKeysController, KeysController } from './manage-keys/keys.controller';
import { ScopesController } from './manage-keys/scopes.controller';
import { ClerkIds } from './find-user/clerk-ids';
import { UsersController } from './manage-users/users.controller';
import { GatewayMetrics } from './measure-requests/gateway-metrics';
import { ApiDocument } from './publish-docs/api-document';
import { DocsController } from './publish-docs/docs.controller';
import { RootController } from './publish-docs/root.controller';
import { ReconcileController } from './reconcile-users/reconcile.controller';
import { RedriveController } from './redrive-webhook-events/redrive.controller';
import { SessionController } from './show-session/session.controller';
import { StatsController } from './show-stats/stats.controller';
import { SyncClerkUserController } from './sync-clerk-user/sync-clerk-user.controller';

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
