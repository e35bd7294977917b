import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { KeepIdentifiersModule } from '../keep-identifiers/keep-identifiers.module';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ModerateUsersModule } from '../moderate-users/moderate-users.module';
import { OwnOriginGuard } from './own-origin.guard';
import { PageAssets } from './page-assets';
import { PageIdentifiersController } from './page-identifiers.controller';
import { PageUsersController } from './page-users.controller';
import { PageController } from './page.controller';
import { StreamController } from './stream.controller';

/** The page, its routes, and the guard that keeps pages of other sites out of the whole emulator. */
@Module({
  imports: [KeepIdentifiersModule, KeepSessionsModule, KeepUsersModule, ModerateUsersModule],
  controllers: [PageController, PageIdentifiersController, PageUsersController, StreamController],
  providers: [PageAssets, { provide: APP_GUARD, useClass: OwnOriginGuard }],
})
export class ShowPageModule {}
