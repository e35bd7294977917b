import { Inject, Injectable } from '@nestjs/common';
import { ClerkApiError } from '../clerk/clerk-api-error';
import { type Now } from '../clerk/clock';
import { type ExternalAccount, newExternalAccount, type ProviderProfile } from '../clerk/external-account';
import { type DeletedObject } from '../clerk/user';
import { ExternalAccounts } from '../keep-identifiers/external-accounts.service';
import { type ProviderRequest } from '../test-provider/provider-requests';
import { NOW } from '../tokens';
import { type Caller } from './caller';
import { Clients } from './clients';
import { type RedirectParams } from './frontend-api.schemas';
import { ProviderRedirects } from './provider-redirects';

/** Accounts at the Test Provider of the user of a session, who connects and removes them. */
@Injectable()
export class MyExternalAccounts {
  constructor(
    private readonly clients: Clients,
    private readonly accounts: ExternalAccounts,
    private readonly redirects: ProviderRedirects,
    @Inject(NOW) private readonly now: Now,
  ) {}

  /** An account whose verification sends the browser to the provider. The user gets it when the browser comes back. */
  connect(caller: Caller, params: RedirectParams): ExternalAccount {
    const subject = { purpose: 'connect', subjectId: this.userId(caller) } as const;
    const verification = this.redirects.begin(caller, subject, params);
    return newExternalAccount({ email_address: '', first_name: '', last_name: '' }, verification, this.now());
  }

  /** Sends the browser of a user who has the account to the provider once more. @throws ResourceNotFoundError */
  reauthorize(caller: Caller, id: string, params: RedirectParams): ExternalAccount {
    const userId = this.userId(caller);
    const account = this.accounts.get(userId, id);
    return {
      ...account,
      verification: this.redirects.begin(caller, { purpose: 'connect', subjectId: userId }, params),
    };
  }

  /** Goes on when the browser comes back. @param profile null when the person denied access @returns whether it is complete */
  finish({ subjectId }: ProviderRequest, profile: ProviderProfile | null): boolean {
    if (profile === null) return false;
    try {
      this.accounts.link(subjectId, profile);
      return true;
    } catch (error) {
      // Another user has the account. Nothing is connected, which the app sees when it comes back.
      if (error instanceof ClerkApiError) return false;
      throw error;
    }
  }

  /** @throws ResourceNotFoundError */
  remove(caller: Caller, id: string): DeletedObject {
    return this.accounts.remove(this.userId(caller), id);
  }

  private userId({ devBrowserId, sessionId }: Caller): string {
    return this.clients.liveSession(devBrowserId, sessionId).user_id;
  }
}
