import {
  type AdminUser,
  type ParsedRequestOf,
  type ReplyOf,
  activateUser,
  createUser,
  deactivateUser,
  issuePasswordToken,
  listUsers,
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
import { roleBodySchema, tierBodySchema } from './user-changes';

const reading: RouteAccess = { access: 'admin', permission: 'users:read', rateClass: 'admin' };
const writing: RouteAccess = { access: 'admin', permission: 'users:write', rateClass: 'admin' };
/**
 * Access to routes that create users or grant rights. API keys are rejected: a key is copied into programs, so it leaks
 * more easily than a session token. Revoking a stolen key would not remove the users and rights that a thief created
 * with it.
 */
const granting: RouteAccess = { ...writing, credential: 'session' };

/** `/admin/users`: all users. `:id` is a user id, a Clerk user id or an e-mail address. */
@Controller('admin/users')
@ApiTags('admin')
export class UsersController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(reading)
  @ApiOperation({ summary: 'List users, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listUsers.reply })
  list(
    @Req() { caller }: CallerRequest,
    // Strict: if a misspelled filter were ignored, the route would list all users.
    @Query({ schema: listUsers.request.strict() }) filter: ParsedRequestOf<typeof listUsers>,
  ): Promise<ReplyOf<typeof listUsers>> {
    return this.services.send(listUsers, filter, caller);
  }

  @Post()
  @Access(granting)
  @ApiOperation({ summary: 'Create a local user and a one-time token that sets its password' })
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
  @ApiOperation({ summary: 'Show a user, by its id, Clerk id (user_…) or e-mail address' })
  @ApiOkResponse({ description: 'The user', standardSchema: showUser.reply })
  show(@Req() { caller }: CallerRequest, @Param('id', { schema: userRefSchema }) userId: string): Promise<AdminUser> {
    return this.services.send(showUser, { userId }, caller);
  }

  @Put(':id/role')
  @Access(granting)
  @ApiOperation({ summary: 'Set the role of a user; responds when every gateway applies it' })
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
  @ApiOperation({ summary: 'Set the tier of a user; responds when every gateway applies it' })
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
  @ApiOperation({ summary: 'Deactivate a user; responds when no gateway accepts it any more' })
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

  @Post(':id/activate')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({ summary: 'Activate a user' })
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

  @Post(':id/password-token')
  @HttpCode(200)
  @Access(granting)
  @ApiOperation({
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
