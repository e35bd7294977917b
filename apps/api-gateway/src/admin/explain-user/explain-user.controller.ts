import { type Explanation, explainUser } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

const pageSchema = explainUser.request.omit({ id: true }).strict();

/** `GET /admin/users/:id/explain`: how a user came to its current state. */
@Controller('admin/users')
@ApiTags('admin-users')
export class ExplainUserController {
  constructor(private readonly services: RequestClient) {}

  @Get(':id/explain')
  @Access({ access: 'admin', permission: 'users:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'explainUser',
    summary: 'Explain the state of a user: observations, decisions and their reasons',
  })
  @ApiOkResponse({
    description: 'The newest steps in chronological order; `nextCursor` leads to older steps',
    standardSchema: explainUser.reply,
  })
  explain(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: explainUser.request.shape.id }) id: string,
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ): Promise<Explanation> {
    return this.services.send(explainUser, { id, ...page }, caller);
  }
}
