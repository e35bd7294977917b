import { Body, Controller, Get, Param, Patch, Post, UseGuards, UseInterceptors } from '@nestjs/common';
import { PROVIDER } from '../clerk/external-account';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type Caller, FromCaller } from './caller';
import { FrontendApiGuard } from './frontend-api.guard';
import {
  type AttemptParams,
  attemptParams,
  type SignUpParams,
  signUpParams,
  type StrategyParams,
  strategyParams,
} from './frontend-api.schemas';
import { type SignUpAttempt, type SignUpView, signUpView } from './sign-up-attempt';
import { SignUpsByProvider } from './sign-ups-by-provider.service';
import { SignUpsService } from './sign-ups.service';
import { WithClient } from './with-client.interceptor';

/** `/v1/client/sign_ups` of Clerk's Frontend API. */
@Controller('v1/client/sign_ups')
@UseGuards(FrontendApiGuard)
@UseInterceptors(WithClient)
export class SignUpsController {
  constructor(
    private readonly signUps: SignUpsService,
    private readonly byProvider: SignUpsByProvider,
  ) {}

  @Post()
  create(@FromCaller() caller: Caller, @Body(new ClerkParams(signUpParams)) params: SignUpParams): SignUpView {
    if (params.transfer === 'true') return signUpView(this.byProvider.transfer(caller, params));
    return this.begun(caller, this.signUps.create(caller.devBrowserId, params), params);
  }

  @Get(':id')
  get(@FromCaller() { devBrowserId }: Caller, @Param('id') id: string): SignUpView {
    return signUpView(this.signUps.get(devBrowserId, id));
  }

  @Patch(':id')
  update(
    @FromCaller() caller: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(signUpParams)) params: SignUpParams,
  ): SignUpView {
    return this.begun(caller, this.signUps.update(caller.devBrowserId, id, params), params);
  }

  @Post(':id/prepare_verification')
  prepare(
    @FromCaller() { devBrowserId }: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(strategyParams)) params: StrategyParams,
  ): SignUpView {
    return signUpView(this.signUps.prepare(devBrowserId, id, params));
  }

  @Post(':id/attempt_verification')
  attempt(
    @FromCaller() { devBrowserId }: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(attemptParams)) params: AttemptParams,
  ): SignUpView {
    return signUpView(this.signUps.attempt(devBrowserId, id, params));
  }

  /** Sends the browser to the Test Provider when it asks for that. */
  private begun(caller: Caller, attempt: SignUpAttempt, params: SignUpParams): SignUpView {
    return signUpView(params.strategy === PROVIDER ? this.byProvider.begin(caller, attempt, params) : attempt);
  }
}
