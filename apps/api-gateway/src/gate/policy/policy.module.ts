import { Module } from '@nestjs/common';
import { PolicyWatch } from './policy-watch';

/** The policy of the gate: takes over new contents of its file while the gateway runs. */
@Module({ providers: [PolicyWatch] })
export class PolicyModule {}
