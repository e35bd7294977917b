import { Module } from '@nestjs/common';
import { ApiFaults } from './api-faults';
import { DeliveryFaults } from './delivery-faults';
import { Faults } from './faults';
import { FaultsController } from './faults.controller';

/** Fault rules, and the faults of requests and deliveries that they decide. */
@Module({
  controllers: [FaultsController],
  providers: [ApiFaults, DeliveryFaults, Faults],
  exports: [ApiFaults, DeliveryFaults, Faults],
})
export class InjectFaultsModule {}
