import {
  type ReplyOf,
  authSessionIdSchema,
  endAuthSession,
  endAuthSessions,
  listAuthSessions,
  userRefSchema,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Get, Param, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Access, type RouteAccess } from '../../access/access';
import { EndsSessions, ListsSessions } from '../../account/manage-auth-sessions/session-descriptions';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';

const access: RouteAccess = { access: 'admin', permission: 'auth-sessions:admin', rateClass: 'admin' };

/** `/admin/users/:id/auth-sessions`: the sessions of any user. Every request is recorded in the audit log. */
@Controller('admin/users/:id/auth-sessions')
@ApiTags('admin-credentials')
export class AdminAuthSessionsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access(access)
  @ListsSessions('listUserSessions', 'List the sessions of a user, the last used first')
  list(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
  ): Promise<ReplyOf<typeof listAuthSessions>> {
    return this.services.send(listAuthSessions, { user }, caller);
  }

  @Delete(':sessionId')
  @Access(access)
  @EndsSessions('endUserSession', 'End one session of a user; responds when no gateway accepts it any more')
  endOne(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
    @Param('sessionId', { schema: authSessionIdSchema }) id: string,
  ): Promise<ReplyOf<typeof endAuthSession>> {
    requireOwnSession(caller.credential);
    return this.services.send(endAuthSession, { id, user }, caller);
  }

  @Delete()
  @Access(access)
  @EndsSessions('endUserSessions', 'Sign a user out everywhere; responds when no gateway accepts the sessions any more')
  endAll(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: userRefSchema }) user: string,
  ): Promise<ReplyOf<typeof endAuthSessions>> {
    requireOwnSession(caller.credential);
    return this.services.send(endAuthSessions, { user }, caller);
  }
}
