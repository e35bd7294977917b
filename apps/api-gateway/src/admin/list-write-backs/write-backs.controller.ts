import { type ParsedRequestOf, type ReplyOf, listWriteBacks, retryWriteBacks } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `/admin/write-backs`: write-backs of user ids and roles to Clerk that are pending or that Clerk rejected. */
@Controller('admin/write-backs')
@ApiTags('admin-sync')
export class WriteBacksController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'write-backs:read', rateClass: 'admin' })
  @ApiOperation({ operationId: 'listWriteBacks', summary: 'List write-backs of user ids and roles to Clerk, by state' })
  @ApiOkResponse({ description: 'One page', standardSchema: listWriteBacks.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listWriteBacks.request.strict() }) filter: ParsedRequestOf<typeof listWriteBacks>,
  ): Promise<ReplyOf<typeof listWriteBacks>> {
    return this.services.send(listWriteBacks, filter, caller);
  }

  @Post('retry')
  @HttpCode(200)
  @Access({ access: 'admin', permission: 'write-backs:retry', rateClass: 'admin' })
  @ApiOperation({ operationId: 'retryWriteBacks', summary: 'Retry dead write-backs, of the given users or of all' })
  @ApiOkResponse({ description: 'Number of write-backs queued again', standardSchema: retryWriteBacks.reply })
  retry(
    @Req() { caller }: CallerRequest,
    @Body({ schema: retryWriteBacks.request }) order: ParsedRequestOf<typeof retryWriteBacks>,
  ): Promise<ReplyOf<typeof retryWriteBacks>> {
    return this.services.send(retryWriteBacks, order, caller);
  }
}
