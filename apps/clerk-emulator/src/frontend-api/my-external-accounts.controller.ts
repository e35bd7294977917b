import { Body, Controller, Delete, Param, Patch, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { type ExternalAccount } from '../clerk/external-account';
import { type DeletedObject } from '../clerk/user';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type Caller, FromCaller } from './caller';
import { FrontendApiGuard } from './frontend-api.guard';
import { type ConnectParams, connectParams, type RedirectParams, redirectParams } from './frontend-api.schemas';
import { MyExternalAccounts } from './my-external-accounts.service';
import { WithClient } from './with-client.interceptor';

/** `/v1/me/external_accounts` of Clerk's Frontend API. */
@Controller('v1/me/external_accounts')
@UseGuards(FrontendApiGuard)
@UseInterceptors(WithClient)
export class MyExternalAccountsController {
  constructor(private readonly accounts: MyExternalAccounts) {}

  @Post()
  connect(@FromCaller() caller: Caller, @Body(new ClerkParams(connectParams)) params: ConnectParams): ExternalAccount {
    return this.accounts.connect(caller, params);
  }

  @Patch(':id/reauthorize')
  reauthorize(
    @FromCaller() caller: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(redirectParams)) params: RedirectParams,
  ): ExternalAccount {
    return this.accounts.reauthorize(caller, id, params);
  }

  @Delete(':id')
  remove(@FromCaller() caller: Caller, @Param('id') id: string): DeletedObject {
    return this.accounts.remove(caller, id);
  }
}
