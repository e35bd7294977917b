import { type ParsedRequestOf, type ReplyOf, listAudit } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /admin/audit`: who did what, with which credential. */
@Controller('admin/audit')
@ApiTags('admin')
export class ListAuditController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'audit:read', rateClass: 'admin' })
  @ApiOperation({ operationId: 'listAudit', summary: 'List the entries of the audit log, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listAudit.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listAudit.request.strict() }) filter: ParsedRequestOf<typeof listAudit>,
  ): Promise<ReplyOf<typeof listAudit>> {
    return this.services.send(listAudit, filter, caller);
  }
}
