import { Module } from '@nestjs/common';
import { InjectFaultsModule } from '../inject-faults/inject-faults.module';
import { LimitRatesModule } from '../limit-rates/limit-rates.module';
import { FaultyAnswers } from './faulty-answers';

/** Providers that the guards need in every module with routes of the Backend API or the Frontend API. */
@Module({
  imports: [InjectFaultsModule, LimitRatesModule],
  providers: [FaultyAnswers],
  exports: [FaultyAnswers, InjectFaultsModule, LimitRatesModule],
})
export class ServeApiModule {}
