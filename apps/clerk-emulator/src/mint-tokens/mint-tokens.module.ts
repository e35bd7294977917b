import { Module } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import { type EmulatorConfig } from '../config';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { Notices } from '../notices/notices';
import { EmulatorState } from '../persist-state/emulator-state';
import { SavedState } from '../persist-state/saved-state';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { CONFIG, NOW } from '../tokens';
import { ClaimsTemplate } from './claims-template';
import { ClaimsTemplateController } from './claims-template.controller';
import { initialKeys } from './initial-keys';
import { JwksController } from './jwks.controller';
import { KeyRing } from './key-ring';
import { KeysController } from './keys.controller';
import { TokenMinter } from './token-minter';
import { TokensController } from './tokens.controller';

/** Session tokens, their claims and their signing keys. */
@Module({
  imports: [KeepSessionsModule, KeepUsersModule, ServeApiModule],
  controllers: [ClaimsTemplateController, JwksController, KeysController, TokensController],
  providers: [
    ClaimsTemplate,
    TokenMinter,
    {
      provide: KeyRing,
      inject: [CONFIG, SavedState, Notices, EmulatorState, NOW],
      useFactory: async (config: EmulatorConfig, saved: SavedState, notices: Notices, state: EmulatorState, now: Now) =>
        new KeyRing(await initialKeys(config, saved, now), notices, state, now),
    },
  ],
  exports: [KeyRing, TokenMinter],
})
export class MintTokensModule {}
