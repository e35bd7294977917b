import { Body, Controller, Delete, Get, Param, Patch, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser, type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { SessionStore } from '../keep-sessions/session.store';
import { SessionsService } from '../keep-sessions/sessions.service';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { ResourceNotFoundError } from '../errors';
import { type Caller, FromCaller } from './caller';
import { ClientViews } from './client-view';
import { Clients } from './clients';
import { FrontendApiGuard } from './frontend-api.guard';
import { type MetadataParams, metadataParams, type UpdateMeParams, updateMeParams } from './frontend-api.schemas';
import { type SessionView } from './session-view';
import { userView, type UserView } from './user-view';
import { WithClient } from './with-client.interceptor';

/** `/v1/me` of Clerk's Frontend API: the user of the session that the request names. */
@Controller('v1/me')
@UseGuards(FrontendApiGuard)
export class MeController {
  constructor(
    private readonly clients: Clients,
    private readonly store: UserStore,
    private readonly users: UsersService,
    private readonly sessions: SessionsService,
    private readonly sessionStore: SessionStore,
    private readonly views: ClientViews,
  ) {}

  @Get()
  @UseInterceptors(WithClient)
  get(@FromCaller() caller: Caller): UserView {
    return userView(this.me(caller));
  }

  @Patch()
  @UseInterceptors(WithClient)
  update(@FromCaller() caller: Caller, @Body(new ClerkParams(updateMeParams)) params: UpdateMeParams): UserView {
    return userView(this.users.update(this.me(caller).id, params));
  }

  @Patch('metadata')
  @UseInterceptors(WithClient)
  mergeMetadata(@FromCaller() caller: Caller, @Body(new ClerkParams(metadataParams)) params: MetadataParams): UserView {
    return userView(this.users.mergeMetadata(this.me(caller).id, params));
  }

  @Delete()
  @UseInterceptors(WithClient)
  remove(@FromCaller() caller: Caller): DeletedObject {
    return this.users.remove(this.me(caller).id);
  }

  /** Sessions of the user in all browsers. Like at Clerk, the answer is not wrapped. */
  @Get('sessions/active')
  activeSessions(@FromCaller() caller: Caller): Omit<ClerkSession, 'client_id' | 'user_id'>[] {
    return this.sessionsOf(this.me(caller)).filter(({ status }) => status === 'active');
  }

  @Post('sessions/:id/revoke')
  @UseInterceptors(WithClient)
  revoke(@FromCaller() caller: Caller, @Param('id') id: string): Promise<SessionView> {
    const isTheirs = this.sessionsOf(this.me(caller)).some((session) => session.id === id);
    if (!isTheirs) throw new ResourceNotFoundError('session', id);
    return this.views.ofSession(this.sessions.finish(id, 'revoked'), caller);
  }

  private me({ devBrowserId, sessionId }: Caller): ClerkUser {
    return this.store.get(this.clients.liveSession(devBrowserId, sessionId).user_id);
  }

  private sessionsOf({ id }: ClerkUser): ClerkSession[] {
    return this.sessionStore.all().filter(({ user_id }) => user_id === id);
  }
}
