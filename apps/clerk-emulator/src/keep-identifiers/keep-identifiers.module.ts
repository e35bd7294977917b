import { Module } from '@nestjs/common';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { EmailAddressesController } from './email-addresses.controller';
import { ExternalAccounts } from './external-accounts.service';
import { IdentifiersService } from './identifiers.service';
import { PhoneNumbersController } from './phone-numbers.controller';

/** E-mail addresses and phone numbers of users. */
@Module({
  imports: [KeepUsersModule, ServeApiModule],
  controllers: [EmailAddressesController, PhoneNumbersController],
  providers: [ExternalAccounts, IdentifiersService],
  exports: [ExternalAccounts, IdentifiersService],
})
export class KeepIdentifiersModule {}
