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
  syncUser,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Req } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { Access, type RouteAccess } from '../../access/access';
import { roleBodySchema, tierBodySchema } from './user-changes';

const reading: RouteAccess = { access: 'admin', permission: 'users:read', rateClass: 'admin' };
const writing: RouteAccess = { access: 'admin', permission: 'users:write', rateClass: 'admin' };
/** What is made or given by a key would outlive its revocation. */
const entrusting: RouteAccess = { ...writing, credential: 'session' };

/** `/admin/users`: the users, as operators see them. `:id` is a user id, a Clerk user id or an e-mail address. */
@Controller('admin/users')
@ApiTags('admin')
export class UsersController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(reading)
  @ApiOperation({ summary: 'Users, newest first' })
  @ApiOkResponse({ description: 'One page', standardSchema: listUsers.reply })
  list(
    @Req() { caller }: CallerRequest,
    // A misspelt filter is refused: passed over, it would list everybody.
    @Query({ schema: listUsers.request.strict() }) filter: ParsedRequestOf<typeof listUsers>,
  ): Promise<ReplyOf<typeof listUsers>> {
    return this.services.send(listUsers, filter, caller);
  }

  @Post()
  @Access(entrusting)
  @ApiOperation({ summary: 'Make a local user, with a one-time token for setting its password' })
  @ApiCreatedResponse({ description: 'The user, and the token, shown this once', standardSchema: createUser.reply })
  create(
    @Req() { caller }: CallerRequest,
    @Body({ schema: createUser.request }) user: ParsedRequestOf<typeof createUser>,
  ): Promise<ReplyOf<typeof createUser>> {
    requireOwnSession(caller.credential);
    return this.services.send(createUser, user, caller);
  }

  @Get(':id')
  @Access(reading)
  @ApiOperation({ summary: 'One user, by its id, its Clerk id (user_…) or an e-mail address' })
  @ApiOkResponse({ description: 'The user', standardSchema: showUser.reply })
  show(@Req() { caller }: CallerRequest, @Param('id', { schema: userRefSchema }) userId: string): Promise<AdminUser> {
    return this.services.send(showUser, { userId }, caller);
  }

  @Put(':id/role')
  @Access(entrusting)
  @ApiOperation({ summary: 'Give a user another role; answers when every gateway knows' })
  @ApiOkResponse({ description: 'The user, and how far the change is known', standardSchema: setUserRole.reply })
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
  @ApiOperation({ summary: 'Give a user another tier; answers when every gateway knows' })
  @ApiOkResponse({ description: 'The user, and how far the change is known', standardSchema: setUserTier.reply })
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
  @ApiOperation({ summary: 'Shut a user out; answers when every gateway knows' })
  @ApiOkResponse({ description: 'The user, and how far the change is known', standardSchema: deactivateUser.reply })
  deactivate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof deactivateUser>> {
    return this.services.send(deactivateUser, { userId }, caller);
  }

  @Post(':id/activate')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({ summary: 'Let a user in again' })
  @ApiOkResponse({ description: 'The user, and how far the change is known', standardSchema: activateUser.reply })
  activate(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof activateUser>> {
    return this.services.send(activateUser, { userId }, caller);
  }

  @Post(':id/sync')
  @HttpCode(200)
  @Access(writing)
  @ApiOperation({ summary: 'Make a user what Clerk holds of it now' })
  @ApiOkResponse({
    description:
      'What was found: `created`, `applied`, `unchanged`, `deleted` (here, for good) or `missing` (at Clerk; asked once more in a minute)',
    standardSchema: syncUser.reply,
  })
  sync(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) id: string,
  ): Promise<ReplyOf<typeof syncUser>> {
    return this.services.send(syncUser, { id }, caller);
  }

  @Post(':id/password-token')
  @HttpCode(200)
  @Access(entrusting)
  @ApiOperation({ summary: 'Another one-time token for setting the password of a local user' })
  @ApiOkResponse({ description: 'The token, shown this once', standardSchema: issuePasswordToken.reply })
  issuePasswordToken(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) userId: string,
  ): Promise<ReplyOf<typeof issuePasswordToken>> {
    requireOwnSession(caller.credential);
    return this.services.send(issuePasswordToken, { userId }, caller);
  }
}
