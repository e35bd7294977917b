import { type ParsedRequestOf, type ReplyOf, listUserConflicts } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';

/** `GET /admin/conflicts`: conflicts of users that have the same e-mail address or phone number. */
@Controller('admin/conflicts')
@ApiTags('admin-sync')
export class ListConflictsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'conflicts:read', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'listConflicts',
    summary: 'List conflicts of users over an address, newest first; by default only open ones',
  })
  @ApiOkResponse({
    description: 'One page, without the addresses',
    standardSchema: listUserConflicts.reply,
  })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: listUserConflicts.request.strict() }) filter: ParsedRequestOf<typeof listUserConflicts>,
  ): Promise<ReplyOf<typeof listUserConflicts>> {
    return this.services.send(listUserConflicts, filter, caller);
  }
}
