import {
  type LimitState,
  type ReplyOf,
  grantQuota,
  inspectQuotas,
  limitKinds,
  limitStateSchema,
  listMovements,
  pageRequestSchema,
  quotaKinds,
  removeLimit,
  setLimit,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Delete, Get, Param, Post, Put, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type RouteAccess } from '../../access/access';
import { Owners } from '../find-user/owners';
import { type CallerRequest } from '../../caller/caller';
import { type OnceOnly, markReplay } from '../../idempotency/idempotency-key';
import { IdempotencyKey, replayedHeader } from '../../idempotency/idempotency-key-header';
import { named } from '../../openapi/named';

const reading: RouteAccess = { access: 'admin', permission: 'quotas:read', rateClass: 'admin' };
const writing: RouteAccess = { access: 'admin', permission: 'quotas:write', rateClass: 'admin' };

const pageSchema = pageRequestSchema.strict();
const limitKindSchema = z.enum(limitKinds);
const quotaKindSchema = z.enum(quotaKinds);
const grantBody = named('QuotaGrant', grantQuota.request.omit({ owner: true, kind: true, idempotency: true }));
const limitBody = named('LimitChange', setLimit.request.omit({ owner: true, kind: true }));

/** `/admin/users/:id/quotas`: what limits a user, and why. */
@Controller('admin/users/:id/quotas')
@ApiTags('admin-quotas')
export class AdminQuotasController {
  constructor(
    private readonly services: RequestClient,
    private readonly owners: Owners,
  ) {}

  @Get()
  @Access(reading)
  @ApiOperation({ operationId: 'getUserQuotas', summary: 'Show the limits of a user and what is left; audited' })
  @ApiOkResponse({ description: 'One entry for each kind', standardSchema: inspectQuotas.reply })
  async inspect(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
  ): Promise<ReplyOf<typeof inspectQuotas>> {
    return this.services.send(inspectQuotas, { owner: await this.owners.of(user, caller) }, caller);
  }

  @Get(':kind/ledger')
  @Access(reading)
  @ApiOperation({
    operationId: 'listQuotaMovements',
    summary: 'List every movement of a quota of a user, newest first; audited',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: listMovements.reply })
  async ledger(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
    @Param('kind', { schema: limitKindSchema }) kind: z.output<typeof limitKindSchema>,
    @Query({ schema: pageSchema }) page: z.output<typeof pageSchema>,
  ): Promise<ReplyOf<typeof listMovements>> {
    return this.services.send(listMovements, { owner: await this.owners.of(user, caller), kind, ...page }, caller);
  }

  @Post(':kind/grants')
  @Access(writing)
  @ApiOperation({
    operationId: 'grantQuota',
    summary: 'Raise the quota of a user for the current month; audited',
    description: 'Send an `Idempotency-Key`: without one, a repeated request grants twice.',
  })
  @ApiCreatedResponse({ description: 'The quota after it', standardSchema: limitStateSchema, headers: replayedHeader })
  async grant(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Param('id', { schema: userRefSchema }) user: string,
    @Param('kind', { schema: quotaKindSchema }) kind: z.output<typeof quotaKindSchema>,
    @Body({ schema: grantBody }) body: z.output<typeof grantBody>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<LimitState> {
    const grant = { owner: await this.owners.of(user, caller), kind, ...body, ...once };
    return markReplay(response, await this.services.send(grantQuota, grant, caller));
  }

  @Put(':kind/limit')
  @Access(writing)
  @ApiOperation({
    operationId: 'setQuotaLimit',
    summary: 'Set the limit of a user instead of the limit of the tier; applies at once; audited',
  })
  @ApiOkResponse({ description: 'The limit and what is left', standardSchema: setLimit.reply })
  async setLimit(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
    @Param('kind', { schema: limitKindSchema }) kind: z.output<typeof limitKindSchema>,
    @Body({ schema: limitBody }) body: z.output<typeof limitBody>,
  ): Promise<LimitState> {
    return this.services.send(setLimit, { owner: await this.owners.of(user, caller), kind, ...body }, caller);
  }

  @Delete(':kind/limit')
  @Access(writing)
  @ApiOperation({
    operationId: 'removeQuotaLimit',
    summary: 'Remove the limit of a user, so that the limit of the tier applies again; audited',
  })
  @ApiOkResponse({ description: 'The limit and what is left', standardSchema: removeLimit.reply })
  async removeLimit(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
    @Param('kind', { schema: limitKindSchema }) kind: z.output<typeof limitKindSchema>,
  ): Promise<LimitState> {
    return this.services.send(removeLimit, { owner: await this.owners.of(user, caller), kind }, caller);
  }
}
