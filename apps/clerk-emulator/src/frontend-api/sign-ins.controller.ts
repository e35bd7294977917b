import { Body, Controller, Get, Param, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { PROVIDER } from '../clerk/external-account';
import { ClerkParams } from '../http/clerk-params.pipe';
import { UserStore } from '../keep-users/user.store';
import { type Caller, FromCaller } from './caller';
import { FrontendApiGuard } from './frontend-api.guard';
import {
  type AttemptParams,
  attemptParams,
  type CreateSignInParams,
  createSignInParams,
  type PrepareSignInParams,
  prepareSignInParams,
} from './frontend-api.schemas';
import { type SignInAttempt, type SignInView, signInView } from './sign-in-attempt';
import { SignInsByProvider } from './sign-ins-by-provider.service';
import { SignInsService } from './sign-ins.service';
import { WithClient } from './with-client.interceptor';

/** `/v1/client/sign_ins` of Clerk's Frontend API. */
@Controller('v1/client/sign_ins')
@UseGuards(FrontendApiGuard)
@UseInterceptors(WithClient)
export class SignInsController {
  constructor(
    private readonly signIns: SignInsService,
    private readonly byProvider: SignInsByProvider,
    private readonly users: UserStore,
  ) {}

  @Post()
  create(
    @FromCaller() caller: Caller,
    @Body(new ClerkParams(createSignInParams)) params: CreateSignInParams,
  ): SignInView {
    if (params.transfer === 'true') return this.view(this.byProvider.transfer(caller));
    if (params.strategy === PROVIDER) return this.view(this.byProvider.begin(caller, params));
    return this.view(this.signIns.create(caller.devBrowserId, params));
  }

  @Get(':id')
  get(@FromCaller() { devBrowserId }: Caller, @Param('id') id: string): SignInView {
    return this.view(this.signIns.get(devBrowserId, id));
  }

  @Post(':id/prepare_first_factor')
  prepare(
    @FromCaller() { devBrowserId }: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(prepareSignInParams)) params: PrepareSignInParams,
  ): SignInView {
    return this.view(this.signIns.prepare(devBrowserId, id, params));
  }

  @Post(':id/attempt_first_factor')
  attempt(
    @FromCaller() { devBrowserId }: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(attemptParams)) params: AttemptParams,
  ): SignInView {
    return this.view(this.signIns.attempt(devBrowserId, id, params));
  }

  private view(attempt: SignInAttempt): SignInView {
    return signInView(attempt, attempt.userId === null ? undefined : this.users.find(attempt.userId));
  }
}
