import {
  type ParsedRequestOf,
  type ReconcileRun,
  type ReplyOf,
  approveReconcile,
  listReconcileUsers,
  listReconciles,
  showReconcile,
  startReconcile,
  undoReconcile,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Access, type RouteAccess } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

const reading: RouteAccess = { access: 'admin', permission: 'reconcile:read', rateClass: 'admin' };
const writing: RouteAccess = { access: 'admin', permission: 'reconcile:write', rateClass: 'admin' };

const usersFilterSchema = listReconcileUsers.request.omit({ id: true });

/** `/admin/reconcile`: reconcile runs, which compare all users of Clerk with ours. */
@Controller('admin/reconcile')
@ApiTags('admin-sync')
export class ReconcileController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(reading)
  @ApiOperation({
    operationId: 'listReconcileRuns',
    summary: 'List the last reconcile runs, newest first, with their progress',
  })
  @ApiOkResponse({ description: 'The runs', standardSchema: listReconciles.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listReconciles.request.strict() }) filter: ParsedRequestOf<typeof listReconciles>,
  ): Promise<ReplyOf<typeof listReconciles>> {
    return this.services.send(listReconciles, filter, caller);
  }

  @Post()
  @HttpCode(202)
  @Access(writing)
  @ApiOperation({ operationId: 'startReconcileRun', summary: 'Start a reconcile run; also fills an empty database' })
  @ApiAcceptedResponse({ description: 'The queued run', standardSchema: startReconcile.reply })
  start(@Req() { caller }: CallerRequest): Promise<ReconcileRun> {
    return this.services.send(startReconcile, {}, caller);
  }

  @Get(':id')
  @Access(reading)
  @ApiOperation({
    operationId: 'getReconcileRun',
    summary: 'Show a reconcile run: users done, rate, remaining, changes by kind',
  })
  @ApiOkResponse({ description: 'The run', standardSchema: showReconcile.reply })
  show(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<ReconcileRun> {
    return this.services.send(showReconcile, { id }, caller);
  }

  @Get(':id/users')
  @Access(reading)
  @ApiOperation({
    operationId: 'listReconcileUsers',
    summary: 'List the users whom an approval of a run would delete, or whom an undo would restore',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: listReconcileUsers.reply })
  users(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Query({ schema: usersFilterSchema }) filter: z.output<typeof usersFilterSchema>,
  ): Promise<ReplyOf<typeof listReconcileUsers>> {
    return this.services.send(listReconcileUsers, { id, ...filter }, caller);
  }

  @Post(':id/approve')
  @HttpCode(202)
  @Access(writing)
  @ApiOperation({
    operationId: 'approveReconcileRun',
    summary: 'Approve the deletions of a run that stopped because it found too many',
  })
  @ApiAcceptedResponse({ description: 'The run, queued again', standardSchema: approveReconcile.reply })
  approve(@Req() { caller }: CallerRequest, @Param('id', { schema: uuidSchema }) id: string): Promise<ReconcileRun> {
    return this.services.send(approveReconcile, { id }, caller);
  }

  @Post(':id/undo')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({
    operationId: 'undoReconcileRun',
    summary: 'Undo the deletions of a run, until they are redacted after 24 hours',
  })
  @ApiOkResponse({ description: 'The run and the number of restored users', standardSchema: undoReconcile.reply })
  undo(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
  ): Promise<ReplyOf<typeof undoReconcile>> {
    return this.services.send(undoReconcile, { id }, caller);
  }
}
