import { type ParsedRequestOf, type ReplyOf, listWriteBacks, retryWriteBacks } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Post, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type CallerRequest } from '../../caller/caller';
import { Access } from '../../access/access';

/** `/admin/write-backs`: what Clerk is owed of our users, and what it will not take. */
@Controller('admin/write-backs')
@ApiTags('admin')
export class WriteBacksController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'write-backs:read', rateClass: 'admin' })
  @ApiOperation({ summary: 'Write-backs of ids and roles to Clerk, by state' })
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
  @ApiOperation({ summary: 'Begin dead write-backs anew: those of the users named, or all' })
  @ApiOkResponse({ description: 'How many', standardSchema: retryWriteBacks.reply })
  retry(
    @Req() { caller }: CallerRequest,
    @Body({ schema: retryWriteBacks.request }) order: ParsedRequestOf<typeof retryWriteBacks>,
  ): Promise<ReplyOf<typeof retryWriteBacks>> {
    return this.services.send(retryWriteBacks, order, caller);
  }
}
