import { Module } from '@nestjs/common';
import { ApiFaults } from './api-faults';
import { DeliveryFaults } from './delivery-faults';
import { Faults } from './faults';
import { FaultsController } from './faults.controller';

/** Fault rules, which decide the faults of requests and deliveries. */
@Module({
  controllers: [FaultsController],
  providers: [ApiFaults, DeliveryFaults, Faults],
  exports: [ApiFaults, DeliveryFaults, Faults],
})
export class InjectFaultsModule {}
