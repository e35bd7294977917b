import { Controller, Delete, Get, Post, Put, UseGuards, UseInterceptors } from '@nestjs/common';
import { type Caller, FromCaller } from './caller';
import { ClientViews, type ClientView } from './client-view';
import { Clients } from './clients';
import { DevBrowsers } from './dev-browser.store';
import { FrontendApiGuard } from './frontend-api.guard';
import { WithClient } from './with-client.interceptor';

/** `/v1/client` of Clerk's Frontend API. */
@Controller('v1/client')
@UseGuards(FrontendApiGuard)
@UseInterceptors(WithClient)
export class ClientController {
  constructor(
    private readonly clients: Clients,
    private readonly devBrowsers: DevBrowsers,
    private readonly views: ClientViews,
  ) {}

  @Get()
  get(@FromCaller() caller: Caller): Promise<ClientView | null> {
    return this.views.ofCaller(caller);
  }

  @Post()
  create(@FromCaller() caller: Caller): Promise<ClientView | null> {
    this.clients.open(caller.devBrowserId);
    return this.views.ofCaller(caller);
  }

  @Put()
  replace(@FromCaller() caller: Caller): Promise<ClientView | null> {
    return this.create(caller);
  }

  /** Signs out of all sessions and forgets the client. */
  @Delete()
  remove(@FromCaller() { devBrowserId }: Caller): null {
    this.clients.signOutOfAll(devBrowserId);
    this.devBrowsers.put(devBrowserId, null);
    return null;
  }

  /** Signs out of all sessions. */
  @Delete('sessions')
  removeSessions(@FromCaller() caller: Caller): Promise<ClientView | null> {
    this.clients.signOutOfAll(caller.devBrowserId);
    return this.views.ofCaller(caller);
  }
}
