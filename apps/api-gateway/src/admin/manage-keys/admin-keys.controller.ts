import {
  type ParsedRequestOf,
  type ReplyOf,
  listKeys,
  pageRequestSchema,
  revokeKey,
  userRefSchema,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type z } from 'zod';
import { Access } from '../../access/access';
import { REVOCATION, type Revocation, predecessorsOf, revocationSchema } from '../../account/manage-keys/revocation';
import { type CallerRequest } from '../../caller/caller';

const pageSchema = pageRequestSchema.extend({ userId: userRefSchema.optional() }).strict();

/** `/admin/keys`: the API keys of all users. */
@Controller('admin/keys')
@ApiTags('admin-credentials')
export class AdminKeysController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'keys:admin', rateClass: 'admin' })
  @ApiOperation({ operationId: 'listAllKeys', summary: 'List API keys of one user or of all users, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listKeys.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: pageSchema }) filter: z.output<typeof pageSchema>,
  ): Promise<ReplyOf<typeof listKeys>> {
    const asked: ParsedRequestOf<typeof listKeys> = { ...filter, all: filter.userId === undefined };
    return this.services.send(listKeys, asked, caller);
  }

  @Delete(':id')
  @Access({ access: 'admin', permission: 'keys:admin', rateClass: 'admin' })
  @ApiOperation({
    operationId: 'revokeAnyKey',
    summary: "Revoke any user's API key; responds when no gateway accepts it any more",
    description: REVOCATION,
  })
  @ApiOkResponse({ description: 'The key, and how many gateways have acknowledged', standardSchema: revokeKey.reply })
  revoke(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Query({ schema: revocationSchema }) { predecessors }: Revocation,
  ): Promise<ReplyOf<typeof revokeKey>> {
    return this.services.send(revokeKey, { id, ...predecessorsOf(predecessors) }, caller);
  }
}
