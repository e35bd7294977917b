import {
  type ParsedRequestOf,
  type ReplyOf,
  type WebhookEventDetail,
  getWebhookEvent,
  listWebhookEvents,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CallerRequest } from '../authenticate/caller';
import { Access } from '../declare-access/access';

/** `/admin/webhook-events`: the ledger, as operators see it. */
@Controller('admin/webhook-events')
@ApiTags('admin')
export class WebhookEventsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({ summary: 'Webhook events, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listWebhookEvents.reply })
  list(
    @Req() { caller }: CallerRequest,
    // A misspelt filter is refused: passed over, it would list everything.
    @Query({ schema: listWebhookEvents.request.strict() }) filter: ParsedRequestOf<typeof listWebhookEvents>,
  ): Promise<ReplyOf<typeof listWebhookEvents>> {
    return this.services.send(listWebhookEvents, filter, caller);
  }

  @Get(':id')
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({ summary: 'One webhook event, by its id or its webhook id (msg_…)' })
  @ApiOkResponse({ description: 'All that is known of it', standardSchema: getWebhookEvent.reply })
  show(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: getWebhookEvent.request.shape.id }) id: string,
  ): Promise<WebhookEventDetail> {
    return this.services.send(getWebhookEvent, { id }, caller);
  }
}
