import { createEnvelopeSigner, type KeySource } from '@gatehouse/auth';
import { inboxPrefix } from '@gatehouse/contracts';
import { MessagingModule, NatsClient, RequestClient, natsReadiness } from '@gatehouse/messaging';
import { ObservabilityModule } from '@gatehouse/observability';
import { type DynamicModule, Global, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { type Logger } from 'pino';
import { ProblemFilter } from './answer-problems/problem.filter';
import { ValidationPipe } from './answer-problems/validation.pipe';
import { AuthenticationGuard } from './authenticate/authentication.guard';
import { CLERK_KEYS, authenticationProviders } from './authenticate/authentication.providers';
import { keysReadiness } from './authenticate/keys-readiness';
import { CONFIG, type GatewayConfig } from './config';
import { RoleGuard } from './declare-access/role.guard';
import { RouteRegister } from './declare-access/route-register';
import { WebhookEventsController } from './inspect-webhook-events/webhook-events.controller';
import { ProfileController } from './keep-profile/profile.controller';
import { UsersController } from './list-users/users.controller';
import { GatewayMetrics } from './measure-requests/gateway-metrics';
import { ApiDocument } from './publish-docs/api-document';
import { DocsController } from './publish-docs/docs.controller';
import { SessionController } from './show-session/session.controller';

/** The gateway: its routes, and what stands before every one of them. */
@Global()
@Module({})
export class AppModule {
  static forRoot(config: GatewayConfig, logger: Logger, routes: RouteRegister): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ObservabilityModule.forRoot({
          logger,
          host: config.host,
          opsPort: config.opsPort,
          checks: {
            inject: [NatsClient, CLERK_KEYS],
            useFactory: (nats: NatsClient, keys: KeySource) => [natsReadiness(nats), keysReadiness(keys)],
          },
        }),
        MessagingModule.forRootAsync({
          useFactory: () => ({ ...config.nats, name: 'api-gateway', inboxPrefix: inboxPrefix('api-gateway') }),
        }),
      ],
      controllers: [SessionController, ProfileController, WebhookEventsController, UsersController, DocsController],
      providers: [
        { provide: CONFIG, useValue: config },
        { provide: RouteRegister, useValue: routes },
        {
          provide: RequestClient,
          inject: [NatsClient],
          useFactory: (nats: NatsClient) => new RequestClient(nats, createEnvelopeSigner(config.envelopePrivateKey)),
        },
        GatewayMetrics,
        ApiDocument,
        ...authenticationProviders,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: ValidationPipe },
        // In this order: who is calling, then whether that is enough.
        { provide: APP_GUARD, useClass: AuthenticationGuard },
        { provide: APP_GUARD, useClass: RoleGuard },
      ],
      exports: [CLERK_KEYS],
    };
  }
}
