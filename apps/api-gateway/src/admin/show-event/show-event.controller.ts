import { type WebhookEventDetail, getWebhookEvent } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Param, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /admin/webhook-events/:id`: one event of the ledger. */
@Controller('admin/webhook-events')
@ApiTags('admin-events')
export class ShowEventController {
  constructor(private readonly services: RequestClient) {}

  @Get(':id')
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'getWebhookEvent',
    summary: 'Show a webhook event, by its id or its webhook id (msg_…)',
  })
  @ApiOkResponse({ description: 'The event with its history', standardSchema: getWebhookEvent.reply })
  show(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: getWebhookEvent.request.shape.id }) id: string,
  ): Promise<WebhookEventDetail> {
    return this.services.send(getWebhookEvent, { id }, caller);
  }
}
