import { type ParsedRequestOf, type ReplyOf, listRejectedDeliveries } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /admin/rejected-deliveries`: deliveries that webhook-ingest rejected, and why. */
@Controller('admin/rejected-deliveries')
@ApiTags('admin-events')
export class ListRejectedController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'listRejectedDeliveries',
    summary: 'List the rejected deliveries that are kept, newest first',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: listRejectedDeliveries.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listRejectedDeliveries.request.strict() }) request: ParsedRequestOf<typeof listRejectedDeliveries>,
  ): Promise<ReplyOf<typeof listRejectedDeliveries>> {
    return this.services.send(listRejectedDeliveries, request, caller);
  }
}
