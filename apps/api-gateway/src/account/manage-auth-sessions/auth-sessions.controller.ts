import {
  type ReplyOf,
  authSessionIdSchema,
  endAuthSession,
  endAuthSessions,
  listAuthSessions,
} from '@gatehouse/contracts';
import { RequestClient } from '@gatehouse/messaging';
import { Controller, Delete, Get, Param, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { z } from 'zod';
import { Access } from '../../access/access';
import { type CallerRequest } from '../../caller/caller';
import { requireOwnSession } from '../../caller/require-own-session';
import { EndsSessions, ListsSessions } from './session-descriptions';

const everywhereSchema = z.strictObject({
  keepCurrent: z.stringbool().default(false).describe('`true`: the session of this request stays.'),
});

/** `/api/auth-sessions`: the caller's sessions. */
@Controller('api/auth-sessions')
@ApiTags('auth')
export class AuthSessionsController {
  constructor(private readonly services: RequestClient) {}

  @Get()
  @Access({ access: 'user', permission: 'auth-sessions:read', rateClass: 'read' })
  @ListsSessions('listSessions', 'List my sessions, the last used first')
  list(@Req() { caller }: CallerRequest): Promise<ReplyOf<typeof listAuthSessions>> {
    return this.services.send(listAuthSessions, {}, caller);
  }

  @Delete(':id')
  @Access({ access: 'user', permission: 'auth-sessions:write', rateClass: 'write' })
  @EndsSessions('endSession', 'End one of my sessions; responds when no gateway accepts it any more')
  endOne(
    @Req() { caller }: CallerRequest,
    @Param('id', { schema: authSessionIdSchema }) id: string,
  ): Promise<ReplyOf<typeof endAuthSession>> {
    requireOwnSession(caller.credential);
    return this.services.send(endAuthSession, { id }, caller);
  }

  @Delete()
  // API keys are rejected: a leaked key must not be able to keep its owner signed out, because revoking it needs a
  // session.
  @Access({ access: 'user', permission: 'auth-sessions:write', rateClass: 'write', credential: 'session' })
  @EndsSessions('endSessions', 'Sign out everywhere; responds when no gateway accepts the sessions any more')
  endAll(
    @Req() { caller }: CallerRequest,
    @Query({ schema: everywhereSchema }) { keepCurrent }: z.output<typeof everywhereSchema>,
  ): Promise<ReplyOf<typeof endAuthSessions>> {
    requireOwnSession(caller.credential);
    return this.services.send(endAuthSessions, { keepCurrent }, caller);
  }
}
