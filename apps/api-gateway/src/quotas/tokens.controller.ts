import {
  type Quota,
  type Reservation,
  commitReservation,
  consumeTokens,
  quotaSchema,
  releaseReservation,
  reservationSchema,
  reserveTokens,
  showQuotas,
  uuidSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Param, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, type RouteAccess } from '../access/access';
import { type CallerRequest } from '../caller/caller';
import { type OnceOnly, markReplay } from '../idempotency/idempotency-key';
import { IdempotencyKey, replayedHeader } from '../idempotency/idempotency-key-header';
import { QUOTA_EXCEEDED } from './quota-texts';
import { named } from '../openapi/named';
import { MayAnswer } from '../problems/may-answer';

const reading: RouteAccess = { access: 'user', permission: 'tokens:read', rateClass: 'read' };
const writing: RouteAccess = { access: 'user', permission: 'tokens:write', rateClass: 'write' };

const consumeBody = named('TokenUse', consumeTokens.request.omit({ idempotency: true }));
const reserveBody = named('TokenReservation', reserveTokens.request.omit({ idempotency: true }));
const commitBody = named('ReservationCommit', commitReservation.request.omit({ id: true, idempotency: true }));

/** `/api/tokens`: the caller's quota of tokens. */
@Controller('api/tokens')
@ApiTags('tokens')
export class TokensController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(reading)
  @ApiOperation({ operationId: 'getTokenQuota', summary: 'Show what is left of my tokens in this month' })
  @ApiOkResponse({ description: 'The quota of tokens', standardSchema: quotaSchema })
  async show(@Req() { caller }: CallerRequest): Promise<Quota> {
    return (await this.services.send(showQuotas, {}, caller)).tokens;
  }

  @Post('consume')
  @HttpCode(200)
  @Access(writing)
  @MayAnswer('quota_exceeded')
  @ApiOperation({
    operationId: 'consumeTokens',
    summary: 'Consume some of my tokens, all or nothing',
  })
  @ApiOkResponse({ description: 'The quota of tokens after it', standardSchema: quotaSchema, headers: replayedHeader })
  @ApiResponse({ status: 429, description: QUOTA_EXCEEDED })
  async consume(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Body({ schema: consumeBody }) body: z.output<typeof consumeBody>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Quota> {
    return markReplay(response, await this.services.send(consumeTokens, { ...body, ...once }, caller));
  }

  @Post('reservations')
  @Access(writing)
  @MayAnswer('quota_exceeded')
  @ApiOperation({
    operationId: 'reserveTokens',
    summary: 'Reserve some of my tokens until it is known how many are used',
    description: 'The reservation holds its amount until it is committed or released, for at most `ttlSeconds`.',
  })
  @ApiCreatedResponse({ description: 'The reservation', standardSchema: reservationSchema, headers: replayedHeader })
  @ApiResponse({ status: 429, description: QUOTA_EXCEEDED })
  async reserve(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Body({ schema: reserveBody }) body: z.output<typeof reserveBody>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Reservation> {
    return markReplay(response, await this.services.send(reserveTokens, { ...body, ...once }, caller));
  }

  @Post('reservations/:id/commit')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({
    operationId: 'commitReservation',
    summary: 'Settle a reservation with the number of tokens that were used',
    description:
      'The amount may be less or more than was reserved; more can make `remaining` negative. Counts also after the reservation has expired. The same commit again has the same response; another amount, or a commit after a release, is 409 `conflict`.',
  })
  @ApiOkResponse({ description: 'The reservation', standardSchema: reservationSchema, headers: replayedHeader })
  async commit(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Param('id', { schema: uuidSchema }) id: string,
    @Body({ schema: commitBody }) { amount }: z.output<typeof commitBody>,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Reservation> {
    return markReplay(response, await this.services.send(commitReservation, { id, amount, ...once }, caller));
  }

  @Post('reservations/:id/release')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({
    operationId: 'releaseReservation',
    summary: 'Return a reservation of which nothing was used',
    description: 'The same release again has the same response; a release after a commit is 409 `conflict`.',
  })
  @ApiOkResponse({ description: 'The reservation', standardSchema: reservationSchema, headers: replayedHeader })
  async release(
    @Req() { caller }: CallerRequest,
    @IdempotencyKey() once: OnceOnly,
    @Param('id', { schema: uuidSchema }) id: string,
    @Res({ passthrough: true }) response: FastifyReply,
  ): Promise<Reservation> {
    return markReplay(response, await this.services.send(releaseReservation, { id, ...once }, caller));
  }
}
