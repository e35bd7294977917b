import { Module } from '@nestjs/common';
import { DeliverWebhooksModule } from '../deliver-webhooks/deliver-webhooks.module';
import { FrontendApiModule } from '../frontend-api/frontend-api.module';
import { KeepEndpointsModule } from '../keep-endpoints/keep-endpoints.module';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { MintTokensModule } from '../mint-tokens/mint-tokens.module';
import { NoticesController } from '../notices/notices.controller';
import { DeliveriesController } from './deliveries.controller';
import { EndpointsController } from './endpoints.controller';
import { HealthController } from './health.controller';
import { ResetController } from './reset.controller';
import { ControlSessionsController } from './sessions.controller';

/** Control API: health, deliveries, endpoints, sessions, notices and reset. */
@Module({
  imports: [
    DeliverWebhooksModule,
    FrontendApiModule,
    KeepEndpointsModule,
    KeepSessionsModule,
    KeepUsersModule,
    MintTokensModule,
  ],
  controllers: [
    ControlSessionsController,
    DeliveriesController,
    EndpointsController,
    HealthController,
    NoticesController,
    ResetController,
  ],
})
export class ControlModule {}
