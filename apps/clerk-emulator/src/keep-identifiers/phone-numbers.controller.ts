import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, UseGuards } from '@nestjs/common';
import { type PhoneNumber } from '../clerk/identifier';
import { type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import {
  type CreatePhoneNumberParams,
  createPhoneNumberParams,
  type UpdateIdentifierParams,
  updateIdentifierParams,
} from './identifier.schemas';
import { IdentifiersService } from './identifiers.service';

/** `/v1/phone_numbers` of Clerk's Backend API. */
@Controller('v1/phone_numbers')
@UseGuards(BackendApiGuard)
export class PhoneNumbersController {
  constructor(private readonly identifiers: IdentifiersService) {}

  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createPhoneNumberParams)) params: CreatePhoneNumberParams): PhoneNumber {
    return this.identifiers.addPhoneNumber(params);
  }

  @Get(':id')
  get(@Param('id') id: string): PhoneNumber {
    return this.identifiers.getPhoneNumber(id);
  }

  @Patch(':id')
  update(
    @Param('id') id: string,
    @Body(new ClerkParams(updateIdentifierParams)) params: UpdateIdentifierParams,
  ): PhoneNumber {
    return this.identifiers.updatePhoneNumber(id, params);
  }

  @Delete(':id')
  remove(@Param('id') id: string): DeletedObject {
    return this.identifiers.remove('phone_number', id);
  }
}
