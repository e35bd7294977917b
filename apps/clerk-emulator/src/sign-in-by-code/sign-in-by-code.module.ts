import { Module } from '@nestjs/common';
import { DeliverWebhooksModule } from '../deliver-webhooks/deliver-webhooks.module';
import { KeepSessionsModule } from '../keep-sessions/keep-sessions.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { MintTokensModule } from '../mint-tokens/mint-tokens.module';
import { Accounts } from './accounts';
import { CodeSender } from './code-sender';
import { Codes } from './codes';
import { Outbox } from './outbox';
import { SignInController } from './sign-in.controller';
import { SignInService } from './sign-in.service';
import { SignInStore } from './sign-in.store';

/** Sign-in and sign-up by one-time codes, and the mailbox with the messages that contain them. */
@Module({
  imports: [DeliverWebhooksModule, KeepSessionsModule, KeepUsersModule, MintTokensModule],
  controllers: [SignInController],
  providers: [Accounts, CodeSender, Codes, Outbox, SignInService, SignInStore],
  exports: [Accounts, Codes],
})
export class SignInByCodeModule {}
