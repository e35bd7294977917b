import { type User, getMe, userSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /api/me`: the caller's profile. */
@Controller('api/me')
@ApiTags('profile')
export class ShowMeController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'user', permission: 'profile:read', rateClass: 'read' })
  @ApiOperation({ operationId: 'showProfile', summary: 'Show my profile' })
  @ApiOkResponse({ description: 'The calling user', standardSchema: userSchema })
  show(@Req() { caller }: CallerRequest): Promise<User> {
    return this.services.send(getMe, {}, caller);
  }
}
