import {
  type IfMatch,
  type ProfilePatch,
  type User,
  profilePatchSchema,
  updateMe,
  userSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Patch, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { tagged } from '../../http/entity-tag';
import { IfMatchHeader, etagHeader } from '../../http/if-match';

/** `PATCH /api/me`: changes the profile fields that users can edit. */
@Controller('api/me')
@ApiTags('profile')
export class UpdateProfileController {
  constructor(private readonly services: RequestClient) {}

  @Patch()
  @Access({ access: 'user', permission: 'profile:write', rateClass: 'write' })
  @ApiOperation({
    operationId: 'updateMe',
    summary: 'Update my profile; fields that come from Clerk are changed at Clerk',
  })
  @ApiOkResponse({ description: 'The updated user', standardSchema: userSchema, headers: etagHeader })
  async update(
    @Req() { caller }: CallerRequest,
    @Body({ schema: profilePatchSchema }) patch: ProfilePatch,
    @IfMatchHeader() ifMatch: IfMatch | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<User> {
    // A service of the previous release rejects the field `ifMatch`, so it is sent only if the client sent the header.
    const asked = { ...patch, ...(ifMatch !== undefined && { ifMatch }) };
    return tagged(reply, await this.services.send(updateMe, asked, caller));
  }
}
