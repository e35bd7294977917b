import { Module } from '@nestjs/common';
import { AuthenticationModule } from '../authentication/authentication.module';
import { GateModule } from '../gate/gate.module';
import { LimitsModule } from '../limits/limits.module';
import { AccessGuard } from './access.guard';

/** The guard of every route: authentication, rate limit, role and scope. */
@Module({ imports: [GateModule, AuthenticationModule, LimitsModule], providers: [AccessGuard] })
export class AccessModule {}
