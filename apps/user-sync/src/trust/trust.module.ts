import { Module } from '@nestjs/common';
import { ApplyModule } from '../apply/apply.module';
import { ClerkModule } from '../clerk/clerk.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { GatewayLeasesController } from './lease-gateways/gateway-leases.controller';
import { TrustChangePropagation } from './lease-gateways/trust-change-propagation';
import { TrustChangesController } from './list-trust-changes/trust-changes.controller';
import { FirstLogin } from './resolve-principal/first-login';
import { PrincipalResolver } from './resolve-principal/principal-resolver';
import { ResolvePrincipalController } from './resolve-principal/resolve-principal.controller';
import { SessionInquiry } from './resolve-principal/session-inquiry';

/** Owns what gateways ask about trust: missed trust changes, gateway leases, and the user behind a Clerk session. */
@Module({
  imports: [ApplyModule, ClerkModule, TrustChangesModule],
  controllers: [TrustChangesController, GatewayLeasesController, ResolvePrincipalController],
  providers: [TrustChangePropagation, FirstLogin, PrincipalResolver, SessionInquiry],
  exports: [TrustChangePropagation, PrincipalResolver],
})
export class TrustModule {}
