import { Module } from '@nestjs/common';
import { DeliverWebhooksModule } from '../deliver-webhooks/deliver-webhooks.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { SessionStore } from './session.store';
import { SessionsController } from './sessions.controller';
import { SessionsService } from './sessions.service';

/** Sessions of users. */
@Module({
  imports: [DeliverWebhooksModule, KeepUsersModule, ServeApiModule],
  controllers: [SessionsController],
  providers: [SessionStore, SessionsService],
  exports: [SessionStore, SessionsService],
})
export class KeepSessionsModule {}
