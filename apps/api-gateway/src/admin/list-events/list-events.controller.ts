import { type ReplyOf, listWebhookEvents, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { ClerkIds } from '../find-user/clerk-ids';

// Strict: if a misspelled filter were ignored, the route would list everything.
const filterSchema = listWebhookEvents.request
  .omit({ clerkUserId: true })
  .extend({ user: userRefSchema.optional() })
  .strict();

/** `GET /admin/webhook-events`: events of the ledger. */
@Controller('admin/webhook-events')
@ApiTags('admin-events')
export class ListEventsController {
  constructor(
    private readonly services: RequestClient,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Get()
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({ operationId: 'listWebhookEvents', summary: 'List webhook events, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listWebhookEvents.reply })
  async list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: filterSchema }) { user, ...filter }: z.output<typeof filterSchema>,
  ): Promise<ReplyOf<typeof listWebhookEvents>> {
    const byUser = user === undefined ? {} : { clerkUserId: await this.clerkIds.of(user, caller) };
    return this.services.send(listWebhookEvents, { ...filter, ...byUser }, caller);
  }
}
