import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthenticationModule } from '../authentication/authentication.module';
import { type GatewayConfig } from '../config';
import { LimitsModule } from '../limits/limits.module';
import { QuotasModule } from '../quotas/quotas.module';
import { SignInModule } from '../sign-in/sign-in.module';
import { CONFIG } from '../tokens';
import { TrustModule } from '../trust/trust.module';
import { ExchangePhoneLoginController } from './exchange-phone-login/exchange-phone-login.controller';
import { ExplainCredentialController } from './explain-credential/explain-credential.controller';
import { ExportMeController } from './export-me/export-me.controller';
import { RunningExports } from './export-me/running-exports';
import { UserExporter } from './export-me/user-export';
import { LogInController } from './log-in/log-in.controller';
import { AuthSessionsController } from './manage-auth-sessions/auth-sessions.controller';
import { KeysController } from './manage-keys/keys.controller';
import { KnownScopes } from './manage-keys/known-scopes';
import { ScopesController } from './manage-keys/scopes.controller';
import { SetPasswordController } from './set-password/set-password.controller';
import { ShowMeController } from './show-me/show-me.controller';
import { ShowSessionController } from './show-session/show-session.controller';
import { SyncClerkUserController } from './sync-clerk-user/sync-clerk-user.controller';
import { UpdateProfileController } from './update-profile/update-profile.controller';
import { ReferralGuesses } from './use-referral-code/referral-guesses';
import { ReferralController } from './use-referral-code/referral.controller';

/**
 * Routes for callers themselves: `/auth`, `/api/me`, `/api/referral`, `/api/auth-sessions`, `/api/keys`, `/api/scopes` and
 * `/api/clerk/syncUsers`.
 */
@Module({
  imports: [AuthenticationModule, LimitsModule, AuditModule, TrustModule, SignInModule, QuotasModule],
  controllers: [
    LogInController,
    SetPasswordController,
    ExchangePhoneLoginController,
    SyncClerkUserController,
    ShowSessionController,
    ExplainCredentialController,
    ShowMeController,
    ExportMeController,
    UpdateProfileController,
    ReferralController,
    AuthSessionsController,
    KeysController,
    ScopesController,
  ],
  providers: [
    ReferralGuesses,
    RunningExports,
    UserExporter,
    {
      provide: KnownScopes,
      inject: [CONFIG],
      useFactory: ({ gate }: GatewayConfig) => new KnownScopes(gate.policy),
    },
  ],
})
export class AccountModule {}
