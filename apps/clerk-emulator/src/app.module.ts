import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { type Logger } from 'pino';
import { type Now } from './clerk/clock';
import { type EmulatorConfig } from './config';
import { ControlModule } from './control/control.module';
import { CoreModule } from './core.module';
import { FrontendApiModule } from './frontend-api/frontend-api.module';
import { GenerateDataModule } from './generate-data/generate-data.module';
import { ClerkErrorFilter } from './http/clerk-error.filter';
import { ImpersonateUsersModule } from './impersonate-users/impersonate-users.module';
import { KeepIdentifiersModule } from './keep-identifiers/keep-identifiers.module';
import { KeepImagesModule } from './keep-images/keep-images.module';
import { KeepSessionsModule } from './keep-sessions/keep-sessions.module';
import { KeepUsersModule } from './keep-users/keep-users.module';
import { MintTokensModule } from './mint-tokens/mint-tokens.module';
import { ModerateUsersModule } from './moderate-users/moderate-users.module';
import { ShowInstanceModule } from './show-instance/show-instance.module';
import { ShowPageModule } from './show-page/show-page.module';
import { SignInByCodeModule } from './sign-in-by-code/sign-in-by-code.module';

/** The whole emulator. */
@Module({})
export class AppModule {
  static forRoot(config: EmulatorConfig, now: Now, logger: Logger): DynamicModule {
    return {
      module: AppModule,
      imports: [
        CoreModule.forRoot(config, now, logger),
        KeepUsersModule,
        KeepIdentifiersModule,
        KeepImagesModule,
        KeepSessionsModule,
        ModerateUsersModule,
        MintTokensModule,
        ImpersonateUsersModule,
        SignInByCodeModule,
        FrontendApiModule,
        GenerateDataModule,
        ShowInstanceModule,
        ControlModule,
        ShowPageModule,
      ],
      providers: [{ provide: APP_FILTER, useClass: ClerkErrorFilter }],
    };
  }
}
