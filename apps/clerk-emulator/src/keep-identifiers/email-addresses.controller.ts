import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { type EmailAddress } from '../clerk/identifier';
import { type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import {
  type CreateEmailAddressParams,
  createEmailAddressParams,
  type UpdateIdentifierParams,
  updateIdentifierParams,
} from './identifier.schemas';
import { IdentifiersService } from './identifiers.service';

/** `/v1/email_addresses` of Clerk's Backend API. */
@Controller('v1/email_addresses')
@UseGuards(BackendApiGuard)
export class EmailAddressesController {
  constructor(private readonly identifiers: IdentifiersService) {}

  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createEmailAddressParams)) params: CreateEmailAddressParams): EmailAddress {
    return this.identifiers.addEmailAddress(params);
  }

  @Get(':id')
  get(@Param('id') id: string): EmailAddress {
    return this.identifiers.getEmailAddress(id);
  }

  @Patch(':id')
  update(
    @Param('id') id: string,
    @Body(new ClerkParams(updateIdentifierParams)) params: UpdateIdentifierParams,
  ): EmailAddress {
    return this.identifiers.updateEmailAddress(id, params);
  }

  @Delete(':id')
  remove(@Param('id') id: string): DeletedObject {
    return this.identifiers.remove('email_address', id);
  }
}
