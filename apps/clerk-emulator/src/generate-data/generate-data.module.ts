import { Module } from '@nestjs/common';
import { DeliverWebhooksModule } from '../deliver-webhooks/deliver-webhooks.module';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { GeneratorController } from './generator.controller';
import { GeneratorService } from './generator.service';

/** Generated users and histories. */
@Module({
  imports: [DeliverWebhooksModule, KeepUsersModule],
  controllers: [GeneratorController],
  providers: [GeneratorService],
})
export class GenerateDataModule {}
