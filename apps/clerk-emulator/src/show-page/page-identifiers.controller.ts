import { Body, Controller, Delete, HttpCode, Param, Patch, Post } from '@nestjs/common';
import { ClerkParams } from '../http/clerk-params.pipe';
import {
  type CreateEmailAddressParams,
  createEmailAddressParams,
  type CreatePhoneNumberParams,
  createPhoneNumberParams,
  type UpdateIdentifierParams,
  updateIdentifierParams,
} from '../keep-identifiers/identifier.schemas';
import { IdentifiersService } from '../keep-identifiers/identifiers.service';

/**
 * Routes of the page for e-mail addresses and phone numbers: like the Backend API's, but without secret key, rate
 * limits and faults.
 */
@Controller('emulator/page')
export class PageIdentifiersController {
  constructor(private readonly identifiers: IdentifiersService) {}

  @Post('email_addresses')
  @HttpCode(200)
  addEmail(@Body(new ClerkParams(createEmailAddressParams)) params: CreateEmailAddressParams) {
    return this.identifiers.addEmailAddress(params);
  }

  @Patch('email_addresses/:id')
  updateEmail(@Param('id') id: string, @Body(new ClerkParams(updateIdentifierParams)) params: UpdateIdentifierParams) {
    return this.identifiers.updateEmailAddress(id, params);
  }

  @Delete('email_addresses/:id')
  removeEmail(@Param('id') id: string) {
    return this.identifiers.remove('email_address', id);
  }

  @Post('phone_numbers')
  @HttpCode(200)
  addPhone(@Body(new ClerkParams(createPhoneNumberParams)) params: CreatePhoneNumberParams) {
    return this.identifiers.addPhoneNumber(params);
  }

  @Patch('phone_numbers/:id')
  updatePhone(@Param('id') id: string, @Body(new ClerkParams(updateIdentifierParams)) params: UpdateIdentifierParams) {
    return this.identifiers.updatePhoneNumber(id, params);
  }

  @Delete('phone_numbers/:id')
  removePhone(@Param('id') id: string) {
    return this.identifiers.remove('phone_number', id);
  }
}
