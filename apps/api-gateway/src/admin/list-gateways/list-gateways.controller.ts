import { type ReplyOf, listGateways } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /admin/gateways`: the gateways that a change of trust waits for. */
@Controller('admin/gateways')
@ApiTags('admin-events')
export class ListGatewaysController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'stats:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'listGateways',
    summary: 'List the gateways with their leases, and the last trust change that each has acknowledged',
  })
  @ApiOkResponse({ description: 'All gateways', standardSchema: listGateways.reply })
  list(@Req() { caller }: CallerRequest): Promise<ReplyOf<typeof listGateways>> {
    return this.services.send(listGateways, {}, caller);
  }
}
