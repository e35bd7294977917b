import { Controller, Get, Query, Res, UseGuards } from '@nestjs/common';
import { type FastifyReply } from 'fastify';
import { type ProviderProfile } from '../clerk/external-account';
import { ClerkParams } from '../http/clerk-params.pipe';
import { type ProviderRequest, ProviderRequests } from '../test-provider/provider-requests';
import { FrontendApiGuard, WithoutDevBrowser } from './frontend-api.guard';
import { type ProviderCallbackParams, providerCallbackParams } from './frontend-api.schemas';
import { MyExternalAccounts } from './my-external-accounts.service';
import { SignInsByProvider } from './sign-ins-by-provider.service';
import { SignUpsByProvider } from './sign-ups-by-provider.service';

/**
 * `/v1/oauth_callback` of Clerk's Frontend API, to which the Test Provider sends the browser. The query contains what the
 * provider says; there is no code to exchange for it, because the emulator is both sides.
 */
@Controller('v1/oauth_callback')
@UseGuards(FrontendApiGuard)
@WithoutDevBrowser()
export class ProviderCallbackController {
  constructor(
    private readonly requests: ProviderRequests,
    private readonly signIns: SignInsByProvider,
    private readonly signUps: SignUpsByProvider,
    private readonly accounts: MyExternalAccounts,
  ) {}

  @Get()
  callback(
    @Query(new ClerkParams(providerCallbackParams)) params: ProviderCallbackParams,
    @Res() reply: FastifyReply,
  ): void {
    const request = this.requests.take(params.state);
    const isComplete = this.finish(request, profileOf(params));
    const back = new URL(isComplete ? request.completeUrl : request.redirectUrl);
    // Tells Clerk's middleware that the browser may have signed in elsewhere, as Clerk does in development.
    back.searchParams.set('__clerk_db_jwt', request.devBrowserId);
    void reply
      .status(303)
      .headers({ location: back.href, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
      .send();
  }

  private finish(request: ProviderRequest, profile: ProviderProfile | null): boolean {
    switch (request.purpose) {
      case 'sign_in':
        return this.signIns.finish(request, profile);
      case 'sign_up':
        return this.signUps.finish(request, profile);
      case 'connect':
        return this.accounts.finish(request, profile);
    }
  }
}

/** What the provider says; null when the person denied access. */
function profileOf({ error, email_address, first_name, last_name }: ProviderCallbackParams): ProviderProfile | null {
  return error !== undefined || email_address === undefined ? null : { email_address, first_name, last_name };
}
