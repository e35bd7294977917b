import { Module } from '@nestjs/common';
import { AuditModule } from '../audit/audit.module';
import { AuthenticationModule } from '../authentication/authentication.module';
import { LimitsModule } from '../limits/limits.module';
import { AccessGuard } from './access.guard';

/** The guard of every route: authentication, rate limit, role and scope. */
@Module({ imports: [AuthenticationModule, LimitsModule, AuditModule], providers: [AccessGuard] })
export class AccessModule {}
