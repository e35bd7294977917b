import { Module } from '@nestjs/common';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { DirectorySyncController } from './directory-sync.controller';
import { ModerateUsersController } from './moderate-users.controller';
import { ModerationService } from './moderation.service';

/** Bans, locks and directory sync. */
@Module({
  imports: [KeepSessionsModule, KeepUsersModule, ServeApiModule],
  controllers: [DirectorySyncController, ModerateUsersController],
  providers: [ModerationService],
  exports: [ModerationService],
})
export class ModerateUsersModule {}
