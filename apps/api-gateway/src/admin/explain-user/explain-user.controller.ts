import { type Explanation, explainUser } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type CallerRequest } from '../../caller/caller';
import { Access } from '../../access/access';

const pageSchema = explainUser.request.omit({ id: true }).strict();

/** `/admin/users/:id/explain`: why a user is as it is. */
@Controller('admin/users')
@ApiTags('admin')
export class ExplainUserController {
  constructor(private readonly services: RequestClient) {}

  @Get(':id/explain')
  @Access({ access: 'admin', permission: 'users:read', rateClass: 'admin' })
  @ApiOperation({ summary: "A user's whole story: what was seen, decided, and why" })
  @ApiOkResponse({
    description: 'The newest steps, the oldest of them first; `nextCursor` leads to older ones',
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
