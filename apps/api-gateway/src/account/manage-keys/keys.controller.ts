import {
  type ApiKeyDraft,
  type NewApiKey,
  type ReplyOf,
  apiKeyDraftSchema,
  createKey,
  listKeys,
  maxGraceHours,
  newApiKeySchema,
  pageRequestSchema,
  revokeKey,
  rotateKey,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { type OnceOnly, markReplay } from '../../idempotency/idempotency-key';
import { IdempotencyKey, replayedHeader } from '../../idempotency/idempotency-key-header';
import { KnownScopes } from './known-scopes';
import { REVOCATION, type Revocation, predecessorsOf, revocationSchema } from './revocation';
import { named } from '../../openapi/named';
import { MayAnswer } from '../../problems/may-answer';

const pageSchema = pageRequestSchema.strict();
const rotationSchema = named(
  'Rotation',
  z.strictObject({
    graceHours: z.number().min(0).max(maxGraceHours).default(0),
    predecessors: z.boolean().default(false),
  }),
);

/** `/api/keys`: the caller's API keys. */
@Controller('api/keys')
@ApiTags('keys')
export class KeysController {
  constructor(
    private readonly services: RequestClient,
    private readonly scopes: KnownScopes,
  ) {}

  @Get()
  @Access({ access: 'user', permission: 'keys:read', rateClass: 'read' })
  @ApiOperation({ operationId: 'listKeys', summary: 'List my API keys, newest first, without their secrets' })
  @ApiOkResponse({ description: 'One page', standardSchema: listKeys.reply })
  list(
    @Req() { caller }: CallerRequest,
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ): Promise<ReplyOf<typeof listKeys>> {
    return this.services.send(listKeys, page, caller);
  }

  @Post()
  @Access({ access: 'user', permission: 'keys:write', rateClass: 'write', credential: 'session' })
  @MayAnswer('idempotency_secret_gone')
  @ApiOperation({
    operationId: 'createKey',
    summary: 'Create an API key; its secret is shown only in this response',
    description:
      '`GET /api/scopes` lists the scopes. With an `Idempotency-Key`, the session that got the response can get it again for 10 minutes. After that, and to other sessions, a repetition is 409 `idempotency_secret_gone`. It never creates another key.',
  })
  @ApiCreatedResponse({
    description: 'The key with its secret',
    standardSchema: newApiKeySchema,
    headers: replayedHeader,
  })
  async create(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Body({ schema: apiKeyDraftSchema }) draft: ApiKeyDraft,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<NewApiKey> {
    requireOwnSession(caller.credential);
    this.scopes.require(draft.scopes);
    return markReplay(response, await this.services.send(createKey, { ...draft, ...once }, caller));
  }

  @Post(':id/rotate')
  @HttpCode(200)
  @Access({ access: 'user', permission: 'keys:write', rateClass: 'write', credential: 'session' })
  @ApiOperation({
    operationId: 'rotateKey',
    summary: 'Replace one of my API keys; the old key stays valid for the grace period',
    description:
      '`stillValid` lists older keys of the same rotation line that stay valid. With `predecessors`, the keys that the old key replaced are revoked at once.',
  })
  @ApiOkResponse({ description: 'The new key with its secret, and the old key', standardSchema: rotateKey.reply })
  rotate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: uuidSchema }) id: string,
    @Body({ schema: rotationSchema }) { graceHours, predecessors }: z.output<typeof rotationSchema>,
  ): Promise<ReplyOf<typeof rotateKey>> {
    requireOwnSession(caller.credential);
    return this.services.send(rotateKey, { id, graceHours, ...predecessorsOf(predecessors) }, caller);
  }

  @Delete(':id')
  @Access({ access: 'user', permission: 'keys:write', rateClass: 'write', credential: 'session' })
  @ApiOperation({
    operationId: 'revokeKey',
    summary: 'Revoke one of my API keys; responds when no gateway accepts it any more',
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
