import { type ProfilePatch, type User, profilePatchSchema, updateMe, userSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Patch, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `PATCH /api/me`: changes the profile fields that users can edit. */
@Controller('api/me')
@ApiTags('profile')
export class UpdateProfileController {
  constructor(private readonly services: RequestClient) {}

  @Patch()
  @Access({ access: 'user', permission: 'profile:write', rateClass: 'write' })
  @ApiOperation({
    operationId: 'changeProfile',
    summary: 'Update my profile; fields that come from Clerk are changed at Clerk',
  })
  @ApiOkResponse({ description: 'The updated user', standardSchema: userSchema })
  update(@Req() { caller }: CallerRequest, @Body({ schema: profilePatchSchema }) patch: ProfilePatch): Promise<User> {
    return this.services.send(updateMe, patch, caller);
  }
}
