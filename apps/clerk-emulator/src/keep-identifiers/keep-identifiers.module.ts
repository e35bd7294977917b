import { Module } from '@nestjs/common';
import { KeepUsersModule } from '../keep-users/keep-users.module';
import { ServeApiModule } from '../serve-api/serve-api.module';
import { EmailAddressesController } from './email-addresses.controller';
import { IdentifiersService } from './identifiers.service';
import { PhoneNumbersController } from './phone-numbers.controller';

/** E-mail addresses and phone numbers of users. */
@Module({
  imports: [KeepUsersModule, ServeApiModule],
  controllers: [EmailAddressesController, PhoneNumbersController],
  providers: [IdentifiersService],
  exports: [IdentifiersService],
})
export class KeepIdentifiersModule {}
