import {
  type ParsedRequestOf,
  type ReconcileRun,
  type ReplyOf,
  approveReconcile,
  listReconciles,
  showReconcile,
  startReconcile,
  undoReconcile,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CallerRequest } from '../../caller/caller';
import { Access, type RouteAccess } from '../../access/access';

const reading: RouteAccess = { access: 'admin', permission: 'reconcile:read', rateClass: 'admin' };
const writing: RouteAccess = { access: 'admin', permission: 'reconcile:write', rateClass: 'admin' };

/** `/admin/reconcile`: walks over all of Clerk's users, how far they are, and what they did. */
@Controller('admin/reconcile')
@ApiTags('admin')
export class ReconcileController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(reading)
  @ApiOperation({ summary: 'The last walks over Clerk, newest first, with live progress' })
  @ApiOkResponse({ description: 'The walks', standardSchema: listReconciles.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listReconciles.request.strict() }) filter: ParsedRequestOf<typeof listReconciles>,
  ): Promise<ReplyOf<typeof listReconciles>> {
    return this.services.send(listReconciles, filter, caller);
  }

  @Post()
  @HttpCode(202)
  @Access(writing)
  @ApiOperation({ summary: 'Walk over all of Clerk now; also fills an empty database' })
  @ApiAcceptedResponse({ description: 'The walk, queued', standardSchema: startReconcile.reply })
  start(@Req() { caller }: CallerRequest): Promise<ReconcileRun> {
    return this.services.send(startReconcile, {}, caller);
  }

  @Get(':id')
  @Access(reading)
  @ApiOperation({ summary: 'One walk: users done, rate, remaining, changes by kind' })
  @ApiOkResponse({ description: 'The walk', standardSchema: showReconcile.reply })
  show(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<ReconcileRun> {
    return this.services.send(showReconcile, { id }, caller);
  }

  @Post(':id/approve')
  @HttpCode(202)
  @Access(writing)
  @ApiOperation({ summary: 'Let a walk that its brake stopped delete all the same' })
  @ApiAcceptedResponse({ description: 'The walk, queued again', standardSchema: approveReconcile.reply })
  approve(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<ReconcileRun> {
    return this.services.send(approveReconcile, { id }, caller);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({ summary: 'Take back the deletions of a walk, until they are redacted after 24 hours' })
  @ApiOkResponse({ description: 'The walk, and how many users are back', standardSchema: undoReconcile.reply })
  undo(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
  ): Promise<ReplyOf<typeof undoReconcile>> {
    return this.services.send(undoReconcile, { id }, caller);
  }
}
