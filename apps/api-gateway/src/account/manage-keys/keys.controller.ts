import {
  type ApiKeyDraft,
  type ParsedRequestOf,
  type ReplyOf,
  apiKeyDraftSchema,
  createKey,
  listKeys,
  maxGraceHours,
  newApiKeySchema,
  pageRequestSchema,
  revokeKey,
  rotateKey,
  userRefSchema,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { Access } from '../../access/access';

const ownPageSchema = pageRequestSchema.strict();
const rotationSchema = z.strictObject({
  graceHours: z.number().min(0).max(maxGraceHours).default(0),
  predecessors: z.boolean().default(false),
});
const revocationSchema = z.strictObject({ predecessors: z.stringbool().default(false) });

const REVOCATION =
  'With `predecessors=true` the keys that it replaced by rotation end with it. `stillValid` lists the keys of its line, older and newer, that stay valid.';

/** `/api/keys`: the caller's own API keys. */
@Controller('api/keys')
@ApiTags('keys')
export class KeysController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'user', permission: 'keys:read', rateClass: 'read' })
  @ApiOperation({ summary: 'My API keys, newest first; never the keys themselves' })
  @ApiOkResponse({ description: 'One page', standardSchema: listKeys.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: ownPageSchema }) page: z.output<typeof ownPageSchema>,
  ): Promise<ReplyOf<typeof listKeys>> {
    return this.services.send(listKeys, page, caller);
  }

  @Post()
  @Access({ access: 'user', permission: 'keys:write', rateClass: 'write', credential: 'session' })
  @ApiOperation({ summary: 'Make an API key; it is shown this once' })
  @ApiCreatedResponse({ description: 'The key', standardSchema: newApiKeySchema })
  create(
    @Req() { caller }: CallerRequest,
    @Body({ schema: apiKeyDraftSchema }) draft: ApiKeyDraft,
  ): Promise<ReplyOf<typeof createKey>> {
    requireOwnSession(caller.credential);
    return this.services.send(createKey, draft, caller);
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Access({ access: 'user', permission: 'keys:write', rateClass: 'write', credential: 'session' })
  @ApiOperation({
    summary: 'Put a new key in the place of one of mine; the old one stays valid for the hours of grace',
    description:
      '`stillValid` lists the older keys of this line that stay valid. With `predecessors` the keys that the old one replaced end at once.',
  })
  @ApiOkResponse({ description: 'The new key, shown this once, and the old one', standardSchema: rotateKey.reply })
  rotate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Body({ schema: rotationSchema }) { graceHours, predecessors }: z.output<typeof rotationSchema>,
  ): Promise<ReplyOf<typeof rotateKey>> {
    requireOwnSession(caller.credential);
    return this.services.send(rotateKey, { id, graceHours, ...asked(predecessors) }, caller);
  }

  @Delete(':id')
  @Access({ access: 'user', permission: 'keys:write', rateClass: 'write', credential: 'session' })
  @ApiOperation({
    summary: 'Revoke one of my keys; answers when no gateway accepts it any more',
    description: REVOCATION,
  })
  @ApiOkResponse({ description: 'The key, and how far its end is known', standardSchema: revokeKey.reply })
  revoke(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Query({ schema: revocationSchema }) { predecessors }: z.output<typeof revocationSchema>,
  ): Promise<ReplyOf<typeof revokeKey>> {
    return this.services.send(revokeKey, { id, ...asked(predecessors) }, caller);
  }
}

const adminPageSchema = pageRequestSchema.extend({ userId: userRefSchema.optional() }).strict();

/** `/admin/keys`: everybody's API keys, as operators see them. */
@Controller('admin/keys')
@ApiTags('admin')
export class AdminKeysController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'admin', permission: 'keys:admin', rateClass: 'admin' })
  @ApiOperation({ summary: 'API keys of one user, or of everybody, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listKeys.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: adminPageSchema }) filter: z.output<typeof adminPageSchema>,
  ): Promise<ReplyOf<typeof listKeys>> {
    const asked: ParsedRequestOf<typeof listKeys> = { ...filter, all: filter.userId === undefined };
    return this.services.send(listKeys, asked, caller);
  }

  @Delete(':id')
  @Access({ access: 'admin', permission: 'keys:admin', rateClass: 'admin' })
  @ApiOperation({
    summary: "Revoke anybody's key; answers when no gateway accepts it any more",
    description: REVOCATION,
  })
  @ApiOkResponse({ description: 'The key, and how far its end is known', standardSchema: revokeKey.reply })
  revoke(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Query({ schema: revocationSchema }) { predecessors }: z.output<typeof revocationSchema>,
  ): Promise<ReplyOf<typeof revokeKey>> {
    return this.services.send(revokeKey, { id, ...asked(predecessors) }, caller);
  }
}

/** Sent only when asked for: a user-sync of the previous release rejects fields that it does not know. */
function asked(predecessors: boolean): { readonly predecessors?: true } {
  return predecessors ? { predecessors } : {};
}
