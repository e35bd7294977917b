import { Module } from '@nestjs/common';
import { InjectFaultsModule } from '../inject-faults/inject-faults.module';
import { LimitRatesModule } from '../limit-rates/limit-rates.module';

/** Providers that `BackendApiGuard` needs in every module with Backend API routes. */
@Module({ imports: [InjectFaultsModule, LimitRatesModule], exports: [InjectFaultsModule, LimitRatesModule] })
export class ServeApiModule {}
