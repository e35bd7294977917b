import { Module } from '@nestjs/common';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { TrustModule } from '../trust/trust.module';
import { EndAuthSessionsController } from './manage-auth-sessions/end-auth-sessions.controller';
import { ListAuthSessionsController } from './manage-auth-sessions/list-auth-sessions.controller';
import { SessionLookup } from './manage-auth-sessions/session-lookup';
import { SignOutMetrics } from './sign-out-at-clerk/sign-out-metrics';
import { SignOutNow } from './sign-out-at-clerk/sign-out-now';
import { SignOutQueue } from './sign-out-at-clerk/sign-out-queue';
import { SignOutRound } from './sign-out-at-clerk/sign-out-round';
import { SignOutWorker } from './sign-out-at-clerk/sign-out-worker';
import { TouchAuthSessionsController } from './touch-auth-sessions/touch-auth-sessions.controller';

/** Owns the list of a person's sessions, their end, and the outbox of sign-outs at Clerk. */
@Module({
  imports: [ClerkModule, TrustChangesModule, TrustModule],
  controllers: [EndAuthSessionsController, ListAuthSessionsController, TouchAuthSessionsController],
  providers: [SessionLookup, SignOutMetrics, SignOutNow, SignOutQueue, SignOutRound, SignOutWorker],
})
export class AuthSessionsModule {}
