import {
  type ReplyOf,
  type WebhookEventDetail,
  getWebhookEvent,
  listWebhookEvents,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type CallerRequest } from '../../caller/caller';
import { Access } from '../../access/access';
import { ClerkIds } from '../find-user/clerk-ids';

// A misspelt filter is refused: passed over, it would list everything.
const filterSchema = listWebhookEvents.request
  .omit({ clerkUserId: true })
  .extend({ user: userRefSchema.optional() })
  .strict();

/** `/admin/webhook-events`: the ledger, as operators see it. */
@Controller('admin/webhook-events')
@ApiTags('admin')
export class WebhookEventsController {
  constructor(
    private readonly services: RequestClient,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Get()
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({ summary: 'Webhook events, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listWebhookEvents.reply })
  async list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: filterSchema }) { user, ...filter }: z.output<typeof filterSchema>,
  ): Promise<ReplyOf<typeof listWebhookEvents>> {
    const about = user === undefined ? {} : { clerkUserId: await this.clerkIds.of(user, caller) };
    return this.services.send(listWebhookEvents, { ...filter, ...about }, caller);
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
