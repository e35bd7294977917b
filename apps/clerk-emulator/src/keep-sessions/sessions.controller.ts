import { Body, Controller, Get, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { type ClerkSession } from '../clerk/session';
import { ClerkParams } from '../http/clerk-params.pipe';
import { BackendApiGuard } from '../serve-api/backend-api.guard';
import {
  type CreateSessionParams,
  createSessionParams,
  type ListSessionsParams,
  listSessionsParams,
} from './session.schemas';
import { SessionStore } from './session.store';
import { SessionsService } from './sessions.service';

/** `/v1/sessions` of Clerk's Backend API, except the tokens of a session. */
@Controller('v1/sessions')
@UseGuards(BackendApiGuard)
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly store: SessionStore,
  ) {}

  @Post()
  @HttpCode(200)
  create(@Body(new ClerkParams(createSessionParams)) params: CreateSessionParams): ClerkSession {
    return this.sessions.signIn(params.user_id);
  }

  /** Lists sessions, newest first. `paginated=true`, which the SDK sends, adds the total count. */
  @Get()
  list(
    @Query(new ClerkParams(listSessionsParams)) params: ListSessionsParams,
  ): ClerkSession[] | { data: ClerkSession[]; total_count: number } {
    const matching = this.store.all().filter((session) => matches(session, params));
    const data = matching.reverse().slice(params.offset, params.offset + params.limit);
    return params.paginated === 'true' ? { data, total_count: matching.length } : data;
  }

  @Get(':id')
  get(@Param('id') id: string): ClerkSession {
    return this.store.get(id);
  }

  @Post(':id/revoke')
  @HttpCode(200)
  revoke(@Param('id') id: string): ClerkSession {
    return this.sessions.finish(id, 'revoked');
  }
}

function matches(session: ClerkSession, params: ListSessionsParams): boolean {
  return (
    (params.user_id === undefined || session.user_id === params.user_id) &&
    (params.client_id === undefined || session.client_id === params.client_id) &&
    (params.status === undefined || session.status === params.status)
  );
}
