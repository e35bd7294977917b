import { Body, Controller, Delete, Get, Param, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { type z } from 'zod';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type Caller, FromCaller } from './caller';
import { FrontendApiGuard } from './frontend-api.guard';
import { codeParams, newEmailAddressParams, newPhoneNumberParams } from './frontend-api.schemas';
import { type AddressKind, MyAddresses } from './my-addresses.service';
import { WithClient } from './with-client.interceptor';

/** Routes that e-mail addresses and phone numbers have in common. */
abstract class AddressesController {
  protected abstract readonly kind: AddressKind;

  constructor(protected readonly addresses: MyAddresses) {}

  @Get()
  list(@FromCaller() caller: Caller) {
    return this.addresses.list(caller, this.kind);
  }

  @Get(':id')
  @UseInterceptors(WithClient)
  get(@FromCaller() caller: Caller, @Param('id') id: string) {
    return this.addresses.get(caller, this.kind, id);
  }

  @Post(':id/prepare_verification')
  @UseInterceptors(WithClient)
  prepare(@FromCaller() caller: Caller, @Param('id') id: string) {
    return this.addresses.prepare(caller, this.kind, id);
  }

  @Post(':id/attempt_verification')
  @UseInterceptors(WithClient)
  attempt(
    @FromCaller() caller: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(codeParams)) { code }: z.output<typeof codeParams>,
  ) {
    return this.addresses.attempt(caller, this.kind, id, code);
  }

  @Delete(':id')
  @UseInterceptors(WithClient)
  remove(@FromCaller() caller: Caller, @Param('id') id: string) {
    return this.addresses.remove(caller, this.kind, id);
  }
}

/** `/v1/me/email_addresses` of Clerk's Frontend API. */
@Controller('v1/me/email_addresses')
@UseGuards(FrontendApiGuard)
export class MyEmailAddressesController extends AddressesController {
  protected readonly kind = 'email_address';

  constructor(addresses: MyAddresses) {
    super(addresses);
  }

  @Post()
  @UseInterceptors(WithClient)
  add(
    @FromCaller() caller: Caller,
    @Body(new ClerkParams(newEmailAddressParams)) { email_address }: z.output<typeof newEmailAddressParams>,
  ) {
    return this.addresses.add(caller, this.kind, email_address);
  }
}

/** `/v1/me/phone_numbers` of Clerk's Frontend API. */
@Controller('v1/me/phone_numbers')
@UseGuards(FrontendApiGuard)
export class MyPhoneNumbersController extends AddressesController {
  protected readonly kind = 'phone_number';

  constructor(addresses: MyAddresses) {
    super(addresses);
  }

  @Post()
  @UseInterceptors(WithClient)
  add(
    @FromCaller() caller: Caller,
    @Body(new ClerkParams(newPhoneNumberParams)) { phone_number }: z.output<typeof newPhoneNumberParams>,
  ) {
    return this.addresses.add(caller, this.kind, phone_number);
  }
}
