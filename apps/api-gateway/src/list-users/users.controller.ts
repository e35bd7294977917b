import { type ParsedRequestOf, type ReplyOf, listUsers } from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type Caller, CurrentCaller } from '../authenticate/caller';
import { Access } from '../declare-access/access';

/** `/admin/users`: the users, as operators see them. */
@Controller('admin/users')
@ApiTags('admin')
export class UsersController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'users:read', rateClass: 'admin' })
  @ApiOperation({ summary: 'Users, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listUsers.reply })
  list(
    @CurrentCaller() caller: Caller,
    // A misspelt filter is refused: passed over, it would list everybody.
    @Query({ schema: listUsers.request.strict() }) filter: ParsedRequestOf<typeof listUsers>,
  ): Promise<ReplyOf<typeof listUsers>> {
    return this.services.send(listUsers, filter, caller);
  }
}
