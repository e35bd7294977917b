import {
  type ParsedRequestOf,
  type Redrive,
  type ReplyOf,
  type RequestOf,
  getRedrive,
  getWebhookEvent,
  listRedrives,
  redriveEvents,
  redriveFilterSchema,
  redriveRequestSchema,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { AuditTrail } from '../../audit/audit-trail';
import { type Caller, type CallerRequest } from '../../caller/caller';
import { ClerkIds } from '../find-user/clerk-ids';
import { named } from '../../openapi/named';

const querySchema = z.strictObject({
  dryRun: z.stringbool().default(false).describe('`true`: tells what would happen and changes nothing.'),
});
const bodySchema = named('EventRedrive', z.strictObject({ dryRun: z.boolean().default(false) }));

const redriveBodySchema = named(
  'RedriveRequest',
  redriveRequestSchema(redriveFilterSchema.omit({ clerkUserId: true }).extend({ user: userRefSchema.optional() })),
);

/** `/admin/webhook-events/…`: redrives failed and ignored events and shows the progress of redrives. */
@Controller('admin/webhook-events')
@ApiTags('admin-events')
export class RedriveEventsController {
  constructor(
    private readonly services: RequestClient,
    private readonly audit: AuditTrail,
    private readonly clerkIds: ClerkIds,
  ) {}

  @Post('redrive')
  @HttpCode(200)
  @Access({ access: 'admin', permission: 'webhook-events:redrive', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'redriveWebhookEvents',
    summary: 'Redrive events by filter, one page per request; dryRun changes nothing',
  })
  @ApiOkResponse({ description: 'The result for each event of the page', standardSchema: redriveEvents.reply })
  async redrive(
    @Req() { caller }: CallerRequest,
    @Body({ schema: redriveBodySchema }) { filter: { user, ...filter }, ...order }: z.output<typeof redriveBodySchema>,
  ): Promise<ReplyOf<typeof redriveEvents>> {
    const byUser = user === undefined ? {} : { clerkUserId: await this.clerkIds.of(user, caller) };
    return this.perform({ ...order, filter: { ...filter, ...byUser } }, caller);
  }

  @Post(':id/redrive')
  @HttpCode(200)
  @Access({ access: 'admin', permission: 'webhook-events:redrive', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'redriveWebhookEvent',
    summary: 'Redrive one event, by its id or its webhook id (msg_…); dryRun in body or query changes nothing',
  })
  @ApiOkResponse({ description: 'The result', standardSchema: redriveEvents.reply })
  redriveOne(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: getWebhookEvent.request.shape.id }) id: string,
    @Query({ schema: querySchema }) query: z.output<typeof querySchema>,
    @Body({ schema: bodySchema }) body: z.output<typeof bodySchema>,
  ): Promise<ReplyOf<typeof redriveEvents>> {
    return this.perform({ filter: { ids: [id] }, dryRun: query.dryRun || body.dryRun }, caller);
  }

  @Get('redrives')
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({ operationId: 'listRedrives', summary: 'List redrives and who started them, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listRedrives.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listRedrives.request.strict() }) page: ParsedRequestOf<typeof listRedrives>,
  ): Promise<ReplyOf<typeof listRedrives>> {
    return this.services.send(listRedrives, page, caller);
  }

  @Get('redrives/:id')
  @Access({ access: 'admin', permission: 'webhook-events:read', rateClass: 'admin' })
  @ApiOperation({ operationId: 'getRedrive', summary: 'Show a redrive and its progress' })
  @ApiOkResponse({ description: 'The number of its events by state', standardSchema: getRedrive.reply })
  show(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: getRedrive.request.shape.id }) id: string,
  ): Promise<Redrive> {
    return this.services.send(getRedrive, { id }, caller);
  }

  private async perform(
    order: RequestOf<typeof redriveEvents>,
    caller: Caller,
  ): Promise<ReplyOf<typeof redriveEvents>> {
    const reply = await this.services.send(redriveEvents, order, caller);
    const { redriveId, redriven, skipped } = reply;
    if (redriveId !== null) await this.audit.done('events.redrive', redriveId, { redriven, skipped }, caller);
    return reply;
  }
}
