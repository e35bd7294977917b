import { Module } from '@nestjs/common';
import { ApplyModule } from '../apply/apply.module';
import { TrustChangesModule } from '../trust-changes/trust-changes.module';
import { ChangesController } from './follow-changes/changes.controller';
import { ChangePropagation } from './lease-gateways/change-propagation';
import { GatewaysController } from './lease-gateways/gateways.controller';
import { FirstLogin } from './resolve-principal/first-login';
import { PrincipalResolver } from './resolve-principal/principal-resolver';
import { ResolvePrincipalController } from './resolve-principal/resolve-principal.controller';

/** Owns what gateways ask about trust: missed trust changes, gateway leases, and the user behind a Clerk session. */
@Module({
  imports: [ApplyModule, TrustChangesModule],
  controllers: [ChangesController, GatewaysController, ResolvePrincipalController],
  providers: [ChangePropagation, FirstLogin, PrincipalResolver],
  exports: [ChangePropagation, PrincipalResolver],
})
export class TrustModule {}
