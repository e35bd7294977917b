import { Injectable } from '@nestjs/common';
import { type OauthVerification } from '../clerk/external-account';
import { RedirectUrlInvalidError } from '../sign-in-errors';
import { type ProviderRequest, ProviderRequests } from '../test-provider/provider-requests';
import { type Caller } from './caller';
import { type RedirectParams } from './frontend-api.schemas';
import { PageOrigins } from './page-origin';

/** Sends browsers to the Test Provider, which sends them back to their app. */
@Injectable()
export class ProviderRedirects {
  constructor(
    private readonly requests: ProviderRequests,
    private readonly origins: PageOrigins,
  ) {}

  /** @throws RedirectUrlInvalidError when the browser would go to a page that may not use the Frontend API */
  begin(
    caller: Caller,
    subject: Pick<ProviderRequest, 'purpose' | 'subjectId'>,
    params: RedirectParams,
  ): OauthVerification {
    const redirectUrl = this.target(caller, 'redirect_url', params.redirect_url);
    const complete = params.action_complete_redirect_url;
    return this.requests.open({
      ...subject,
      devBrowserId: caller.devBrowserId,
      redirectUrl,
      completeUrl: complete ? this.target(caller, 'action_complete_redirect_url', complete) : redirectUrl,
    });
  }

  private target({ origin }: Caller, param: keyof RedirectParams, text = ''): string {
    const base = origin ?? undefined;
    if (text === '' || !URL.canParse(text, base)) throw new RedirectUrlInvalidError(param);
    const { href } = new URL(text, base);
    if (!this.origins.allows(href)) throw new RedirectUrlInvalidError(param);
    return href;
  }
}
