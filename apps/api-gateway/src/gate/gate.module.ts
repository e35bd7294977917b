import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuditTrail } from '../audit/audit-trail';
import { AuthenticationModule } from '../authentication/authentication.module';
import { Authenticator } from '../authentication/authenticator';
import { LimitsModule } from '../limits/limits.module';
import { RateLimiter } from '../limits/rate-limiter';
import { Gate } from './decide';

/** The decision that all edges of the gateway share. */
@Module({
  imports: [AuthenticationModule, LimitsModule, AuditModule],
  providers: [
    {
      provide: Gate,
      inject: [Authenticator, RateLimiter, AuditTrail],
      useFactory: (...parts: ConstructorParameters<typeof Gate>) => new Gate(...parts),
    },
  ],
  exports: [Gate],
})
export class GateModule {}
