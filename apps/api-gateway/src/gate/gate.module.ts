import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuditTrail } from '../audit/audit-trail';
import { AuthenticationModule } from '../authentication/authentication.module';
import { Authenticator } from '../authentication/authenticator';
import { LimitsModule } from '../limits/limits.module';
import { RateLimiter } from '../limits/rate-limiter';
import { CONFIG } from '../tokens';
import { type GatewayConfig } from '../config';
import { Gate } from './decide';
import { Navigations } from './navigation/navigations';

/** The decision that all edges of the gateway share. */
@Module({
  imports: [AuthenticationModule, LimitsModule, AuditModule],
  providers: [
    {
      provide: Gate,
      inject: [Authenticator, RateLimiter, AuditTrail, CONFIG],
      useFactory: (authenticator: Authenticator, limits: RateLimiter, audit: AuditTrail, config: GatewayConfig): Gate =>
        new Gate(authenticator, limits, audit, new Navigations(config)),
    },
  ],
  exports: [Gate],
})
export class GateModule {}
