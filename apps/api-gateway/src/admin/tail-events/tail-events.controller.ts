import { type ReplyOf, tailWebhookEvents, userRefSchema } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { ClerkIds } from '../find-user/clerk-ids';

const querySchema = tailWebhookEvents.request
  .omit({ clerkUserId: true })
  .extend({ user: userRefSchema.optional() })
  .strict();

/** `GET /admin/webhook-events/tail`: events and their outcomes as they happen. */
@Controller('admin/webhook-events')
@ApiTags('admin-events')
export class TailEventsController {
  constructor(
    private readonly services: RequestClient,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Get('tail')
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'tailWebhookEvents',
    summary: 'Follow webhook events: those that are new or have changed since the request before',
  })
  @ApiOkResponse({
    description: 'What is new, and the cursor of the next request',
    standardSchema: tailWebhookEvents.reply,
  })
  async tail(
    @Req() { caller }: CallerRequest,
    @Query({ schema: querySchema }) { user, ...request }: z.output<typeof querySchema>,
  ): Promise<ReplyOf<typeof tailWebhookEvents>> {
    const byUser = user === undefined ? {} : { clerkUserId: await this.clerkIds.of(user, caller) };
    return this.services.send(tailWebhookEvents, { ...request, ...byUser }, caller);
  }
}
