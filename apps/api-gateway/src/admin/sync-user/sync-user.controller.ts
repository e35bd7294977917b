import { type ReplyOf, syncUser, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, HttpCode, Param, Post, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `POST /admin/users/:id/sync`: fetches a user from Clerk and applies it. */
@Controller('admin/users')
@ApiTags('admin-users')
export class SyncUserController {
  constructor(private readonly services: RequestClient) {}

  @Post(':id/sync')
  @HttpCode(200)
  @Access({ access: 'admin', permission: 'users:write', rateClass: 'admin' })
  @ApiOperation({ operationId: 'syncUser', summary: 'Fetch a user from Clerk and apply it' })
  @ApiOkResponse({
    description:
      'Result: `created`, `applied`, `unchanged`, `deleted` (deleted here for good) or `missing` (not at Clerk; checked again in a minute)',
    standardSchema: syncUser.reply,
  })
  sync(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) id: string,
  ): Promise<ReplyOf<typeof syncUser>> {
    return this.services.send(syncUser, { id }, caller);
  }
}
