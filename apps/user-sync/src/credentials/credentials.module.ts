import { Module } from '@nestjs/common';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustModule } from '../trust/trust.module';
import { PhoneLoginController } from './exchange-phone-login/phone-login.controller';
import { LegacySessionsController } from './legacy-sessions/legacy-sessions.controller';
import { LoginController } from './log-in/login.controller';
import { Passwords } from './log-in/passwords';
import { KeysController } from './manage-keys/keys.controller';
import { ListKeysController } from './manage-keys/list-keys.controller';
import { KeyLookups } from './resolve-key/key-lookups';
import { ResolveKeyController } from './resolve-key/resolve-key.controller';
import { SetPasswordController } from './set-password/set-password.controller';
import { ConsoleCodesController } from './spend-console-code/console-codes.controller';

/** Owns the credentials that Gatehouse issues: API keys, passwords and legacy sessions. */
@Module({
  imports: [ClerkModule, TrustModule],
  controllers: [
    ConsoleCodesController,
    KeysController,
    LegacySessionsController,
    ListKeysController,
    LoginController,
    PhoneLoginController,
    ResolveKeyController,
    SetPasswordController,
  ],
  providers: [KeyLookups, Passwords],
})
export class CredentialsModule {}
