import { Body, Controller, Get, Param, Patch, Post, UseGuards, UseInterceptors } from '@nestjs/common';
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
import { type SignUpView, signUpView } from './sign-up-attempt';
import { SignUpsService } from './sign-ups.service';
import { WithClient } from './with-client.interceptor';

/** `/v1/client/sign_ups` of Clerk's Frontend API. */
@Controller('v1/client/sign_ups')
@UseGuards(FrontendApiGuard)
@UseInterceptors(WithClient)
export class SignUpsController {
  constructor(private readonly signUps: SignUpsService) {}

  @Post()
  create(
    @FromCaller() { devBrowserId }: Caller,
    @Body(new ClerkParams(signUpParams)) params: SignUpParams,
  ): SignUpView {
    return signUpView(this.signUps.create(devBrowserId, params));
  }

  @Get(':id')
  get(@FromCaller() { devBrowserId }: Caller, @Param('id') id: string): SignUpView {
    return signUpView(this.signUps.get(devBrowserId, id));
  }

  @Patch(':id')
  update(
    @FromCaller() { devBrowserId }: Caller,
    @Param('id') id: string,
    @Body(new ClerkParams(signUpParams)) params: SignUpParams,
  ): SignUpView {
    return signUpView(this.signUps.update(devBrowserId, id, params));
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
}
