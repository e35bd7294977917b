import { Module } from '@nestjs/common';
import { DeliverWebhooksModule } from '../deliver-webhooks/deliver-webhooks.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { LockoutsService } from './lockouts.service';
import { UserStore } from './user.store';
import { UsersController } from './users.controller';
import { UsersService } from './users.service';

/** Users and their lockouts. */
@Module({
  imports: [DeliverWebhooksModule, ServeApiModule],
  controllers: [UsersController],
  providers: [LockoutsService, UserStore, UsersService],
  exports: [LockoutsService, UserStore, UsersService],
})
export class KeepUsersModule {}
