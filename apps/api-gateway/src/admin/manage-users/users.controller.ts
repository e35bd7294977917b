import {
  type AdminUser,
  type ParsedRequestOf,
  type ReplyOf,
  activateUser,
  createUser,
  deactivateUser,
  issuePasswordToken,
  listChangedUsers,
  listUsers,
  searchUsers,
  setStripeCustomer,
  setUserRole,
  setUserTier,
  showUser,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access, type RouteAccess } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { roleBodySchema, stripeCustomerBodySchema, tierBodySchema } from './user-changes';
import { MayAnswer } from '../../problems/may-answer';
import { userPageSchema, userQuerySchema } from './user-query';

const reading: RouteAccess = { access: 'admin', permission: 'users:read', rateClass: 'admin' };
const writing: RouteAccess = { access: 'admin', permission: 'users:write', rateClass: 'admin' };
/**
 * Access to routes that create users or grant rights. API keys are rejected: a key is copied into programs, so it leaks
 * more easily than a session token. Revoking a stolen key would not remove the users and rights that a thief created
 * with it.
 */
const granting: RouteAccess = { ...writing, credential: 'session' };

/** `/admin/users`: all users. `:id` is a user id, a Clerk user id, an e-mail address or a phone number. */
@Controller('admin/users')
@ApiTags('admin-users')
export class UsersController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(reading)
  @ApiOperation({
    operationId: 'listUsers',
    summary: 'List users, newest first; all filters together',
    description:
      'With `updatedSince`, lists users in the order of their changes, deleted users too. A copy of the users needs no other filter: a filter compares what users are now, so a changed user may leave the list.',
  })
  @ApiOkResponse({ description: 'One page', standardSchema: userPageSchema })
  list(
    @Req() { caller }: CallerRequest,
    // Strict: if a misspelled filter were ignored, the route would list all users.
    @Query({ schema: userQuerySchema }) { updatedSince, ...filter }: z.output<typeof userQuerySchema>,
  ): Promise<z.output<typeof userPageSchema>> {
    if (updatedSince !== undefined) return this.services.send(listChangedUsers, { ...filter, updatedSince }, caller);
    const { q, id, phone, name, tier, active, ...rest } = filter;
    // user-sync of the previous release knows only the other filters.
    const isKnown = [q, id, phone, name, tier, active].every((value) => value === undefined);
    return isKnown ? this.services.send(listUsers, rest, caller) : this.services.send(searchUsers, filter, caller);
  }

  @Post()
  @Access(granting)
  @ApiOperation({
    operationId: 'createUser',
    summary: 'Create a local user and a one-time token that sets its password',
  })
  @ApiCreatedResponse({
    description: 'The user and the token, which is shown only in this response',
    standardSchema: createUser.reply,
  })
  create(
    @Req() { caller }: CallerRequest,
    @Body({ schema: createUser.request }) user: ParsedRequestOf<typeof createUser>,
  ): Promise<ReplyOf<typeof createUser>> {
    requireOwnSession(caller.credential);
    return this.services.send(createUser, user, caller);
  }

  @Get(':id')
  @Access(reading)
  @ApiOperation({
    operationId: 'getUser',
    summary: 'Show a user, by its id, Clerk id (user_…), e-mail address or phone number',
  })
  @ApiOkResponse({ description: 'The user', standardSchema: showUser.reply })
  show(@Req() { caller }: CallerRequest, @Param('id', { schema: userRefSchema }) userId: string): Promise<AdminUser> {
    return this.services.send(showUser, { userId }, caller);
  }

  @Put(':id/role')
  @Access(granting)
  @MayAnswer('last_admin')
  @ApiOperation({
    operationId: 'setUserRole',
    summary: 'Set the role of a user; responds when every gateway applies it',
  })
  @ApiOkResponse({
    description: 'The user. `propagation` tells how many gateways have acknowledged the change.',
    standardSchema: setUserRole.reply,
  })
  setRole(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
    @Body({ schema: roleBodySchema }) { role }: z.output<typeof roleBodySchema>,
  ): Promise<ReplyOf<typeof setUserRole>> {
    requireOwnSession(caller.credential);
    return this.services.send(setUserRole, { userId, role }, caller);
  }

  @Put(':id/tier')
  @Access(writing)
  @ApiOperation({
    operationId: 'setUserTier',
    summary: 'Set the tier of a user; responds when every gateway applies it',
  })
  @ApiOkResponse({
    description: 'The user. `propagation` tells how many gateways have acknowledged the change.',
    standardSchema: setUserTier.reply,
  })
  setTier(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
    @Body({ schema: tierBodySchema }) change: z.output<typeof tierBodySchema>,
  ): Promise<ReplyOf<typeof setUserTier>> {
    return this.services.send(setUserTier, { userId, ...change }, caller);
  }

  @Post(':id/deactivate')
  @HttpCode(200)
  @Access(writing)
  @MayAnswer('last_admin')
  @ApiOperation({
    operationId: 'deactivateUser',
    summary: 'Deactivate a user; responds when no gateway accepts it any more',
  })
  @ApiOkResponse({
    description: 'The user. `propagation` tells how many gateways have acknowledged the change.',
    standardSchema: deactivateUser.reply,
  })
  deactivate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof deactivateUser>> {
    return this.services.send(deactivateUser, { userId }, caller);
  }

  @Post(':id/reactivate')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({ operationId: 'reactivateUser', summary: 'Reactivate a user whom an admin has deactivated' })
  @ApiOkResponse({
    description: 'The user. `propagation` tells how many gateways have acknowledged the change.',
    standardSchema: activateUser.reply,
  })
  reactivate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof activateUser>> {
    return this.services.send(activateUser, { userId }, caller);
  }

  @Post(':id/activate')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({
    operationId: 'activateUser',
    summary: 'Former name of `POST /admin/users/{id}/reactivate`',
    deprecated: true,
  })
  @ApiOkResponse({
    description: 'The user. `propagation` tells how many gateways have acknowledged the change.',
    standardSchema: activateUser.reply,
  })
  activate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof activateUser>> {
    return this.services.send(activateUser, { userId }, caller);
  }

  @Put(':id/stripe-customer')
  @Access(writing)
  @ApiOperation({ operationId: 'setUserStripeCustomer', summary: 'Set or remove the Stripe customer id of a user' })
  @ApiOkResponse({ description: 'The user', standardSchema: setStripeCustomer.reply })
  setStripeCustomer(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
    @Body({ schema: stripeCustomerBodySchema }) change: z.output<typeof stripeCustomerBodySchema>,
  ): Promise<ReplyOf<typeof setStripeCustomer>> {
    return this.services.send(setStripeCustomer, { userId, ...change }, caller);
  }

  @Post(':id/password-token')
  @HttpCode(200)
  @Access(granting)
  @ApiOperation({
    operationId: 'issuePasswordToken',
    summary: 'Issue another one-time token that sets the password of a local user; invalidates earlier ones',
  })
  @ApiOkResponse({
    description: 'The token, which is shown only in this response',
    standardSchema: issuePasswordToken.reply,
  })
  issuePasswordToken(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof issuePasswordToken>> {
    requireOwnSession(caller.credential);
    return this.services.send(issuePasswordToken, { userId }, caller);
  }
}
