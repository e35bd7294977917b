import { type ProfilePatch, type User, getMe, profilePatchSchema, updateMe, userSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, Patch, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CallerRequest } from '../../caller/caller';
import { Access } from '../../access/access';

/** `/api/me`: the caller's own profile. */
@Controller('api/me')
@ApiTags('profile')
export class ProfileController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'user', permission: 'profile:read', rateClass: 'read' })
  @ApiOperation({ summary: 'My profile' })
  @ApiOkResponse({ description: 'The calling user', standardSchema: userSchema })
  show(@Req() { caller }: CallerRequest): Promise<User> {
    return this.services.send(getMe, {}, caller);
  }

  @Patch()
  @Access({ access: 'user', permission: 'profile:write', rateClass: 'write' })
  @ApiOperation({ summary: 'Change my profile; what comes from Clerk is changed at Clerk' })
  @ApiOkResponse({ description: 'The calling user, changed', standardSchema: userSchema })
  change(@Req() { caller }: CallerRequest, @Body({ schema: profilePatchSchema }) patch: ProfilePatch): Promise<User> {
    return this.services.send(updateMe, patch, caller);
  }
}
