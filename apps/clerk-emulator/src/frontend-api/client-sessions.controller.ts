import { Body, Controller, Get, HttpCode, Param, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type Caller, FromCaller } from './caller';
import { ClientViews } from './client-view';
import { Clients } from './clients';
import { FrontendApiGuard } from './frontend-api.guard';
import { type TouchParams, touchParams } from './frontend-api.schemas';
import { type SessionView } from './session-view';
import { WithClient } from './with-client.interceptor';

/** `/v1/client/sessions` of Clerk's Frontend API. */
@Controller('v1/client/sessions')
@UseGuards(FrontendApiGuard)
export class ClientSessionsController {
  constructor(
    private readonly clients: Clients,
    private readonly views: ClientViews,
  ) {}

  @Get(':id')
  @UseInterceptors(WithClient)
  get(@FromCaller() caller: Caller, @Param('id') id: string): Promise<SessionView> {
    return this.views.ofSession(this.clients.liveSession(caller.devBrowserId, id), caller);
  }

  /** Tells that the user is active. Clerk's scripts choose the active session of the browser in this way. */
  @Post(':id/touch')
  @UseInterceptors(WithClient)
  touch(
    @FromCaller() caller: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(touchParams)) { intent }: TouchParams,
  ): Promise<SessionView> {
    this.clients.liveSession(caller.devBrowserId, id);
    this.clients.touch(caller.devBrowserId, id, intent !== 'focus');
    return this.views.ofSession(this.clients.liveSession(caller.devBrowserId, id), caller);
  }

  @Post(':id/remove')
  @UseInterceptors(WithClient)
  remove(@FromCaller() caller: Caller, @Param('id') id: string): Promise<SessionView> {
    this.clients.liveSession(caller.devBrowserId, id);
    return this.views.ofSession(this.clients.signOut(caller.devBrowserId, id, 'removed'), caller);
  }

  @Post(':id/end')
  @UseInterceptors(WithClient)
  end(@FromCaller() caller: Caller, @Param('id') id: string): Promise<SessionView> {
    this.clients.liveSession(caller.devBrowserId, id);
    return this.views.ofSession(this.clients.signOut(caller.devBrowserId, id, 'ended'), caller);
  }

  /** A new token. Unlike the other answers, this one is not wrapped. */
  @Post(':id/tokens')
  @HttpCode(200)
  async token(@FromCaller() caller: Caller, @Param('id') id: string): Promise<{ object: 'token'; jwt: string }> {
    this.clients.liveSession(caller.devBrowserId, id);
    return { object: 'token', jwt: await this.views.token(id, caller) };
  }
}
