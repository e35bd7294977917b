import { type ReplyOf, listReferrals, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

const pageSchema = listReferrals.request.omit({ userId: true }).strict();

/** `GET /admin/users/:id/referrals`: who has used the referral code of a user. */
@Controller('admin/users')
@ApiTags('admin-users')
export class ListReferralsController {
  constructor(private readonly services: RequestClient) {}

  @Get(':id/referrals')
  @Access({ access: 'admin', permission: 'users:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'listUserReferrals',
    summary: 'List the users who have used the referral code of a user, newest first',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: listReferrals.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ): Promise<ReplyOf<typeof listReferrals>> {
    return this.services.send(listReferrals, { ...page, userId }, caller);
  }
}
