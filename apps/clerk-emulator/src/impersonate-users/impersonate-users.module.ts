import { Module } from '@nestjs/common';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { ActorTokens } from './actor-tokens';
import { ActorTokensController } from './actor-tokens.controller';

/** Impersonation by actor tokens. */
@Module({
  imports: [KeepSessionsModule, KeepUsersModule, ServeApiModule],
  controllers: [ActorTokensController],
  providers: [ActorTokens],
})
export class ImpersonateUsersModule {}
