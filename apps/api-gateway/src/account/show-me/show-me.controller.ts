import { type Me, getMe, meSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { tagged } from '../../http/entity-tag';
import { etagHeader } from '../../http/if-match';
import { QuotasOfCaller } from '../../quotas/quotas-of-caller';

/**
 * `GET /api/me`: the caller's profile. Ignores `If-None-Match`: the `ETag` is the version of the user and does not
 * change with the quotas.
 */
@Controller('api/me')
@ApiTags('profile')
export class ShowMeController {
  constructor(
    private readonly services: RequestClient,
    private readonly quotas: QuotasOfCaller,
  ) {}

  @Get()
  @Access({ access: 'user', permission: 'profile:read', rateClass: 'read' })
  @ApiOperation({ operationId: 'getMe', summary: 'Show my profile' })
  @ApiOkResponse({
    description: 'The calling user. `quotas` is null when they cannot be loaded within 200 ms.',
    standardSchema: meSchema,
    headers: etagHeader,
  })
  async show(@Req() { caller }: CallerRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Me> {
    const [user, quotas] = await Promise.all([this.services.send(getMe, {}, caller), this.quotas.show(caller)]);
    return tagged(reply, { ...user, quotas });
  }
}
