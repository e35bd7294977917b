import { Module } from '@nestjs/common';
import { MetricsModule } from '../../metrics/metrics.module';
import { AssertionModule } from '../assertion/assertion.module';
import { GateModule } from '../gate.module';
import { ForwardAuthServer } from './forward-auth-server';

/** Answers reverse proxies that ask whether a request may pass. Listens where `FORWARD_AUTH` is set. */
@Module({ imports: [GateModule, AssertionModule, MetricsModule], providers: [ForwardAuthServer] })
export class ForwardAuthModule {}
