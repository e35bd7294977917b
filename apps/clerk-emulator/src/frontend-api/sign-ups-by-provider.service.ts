import { Injectable } from '@nestjs/common';
import { endedVerification, PROVIDER, type ProviderProfile } from '../clerk/external-account';
import { ExternalAccounts } from '../keep-identifiers/external-accounts.service';
import { ExternalAccountExistsError, ProviderAccessDeniedError, TransferMissingError } from '../sign-in-errors';
import { type ProviderRequest } from '../test-provider/provider-requests';
import { SignInAttempts, SignUpAttempts } from './attempt.store';
import { type Caller } from './caller';
import { Clients } from './clients';
import { failedVerification } from './failed-verification';
import { type SignUpParams } from './frontend-api.schemas';
import { ProviderRedirects } from './provider-redirects';
import { type ProviderVerification } from './sign-in-attempt';
import { isReady, type SignUpAttempt } from './sign-up-attempt';
import { SignUpsService } from './sign-ups.service';

/**
 * Signs users up by the Test Provider: the browser goes there and comes back. When a user has the account, Clerk's
 * scripts transfer the sign-up to a sign-in.
 */
@Injectable()
export class SignUpsByProvider {
  constructor(
    private readonly signUps: SignUpsService,
    private readonly attempts: SignUpAttempts,
    private readonly signIns: SignInAttempts,
    private readonly clients: Clients,
    private readonly accounts: ExternalAccounts,
    private readonly redirects: ProviderRedirects,
  ) {}

  /** @throws RedirectUrlInvalidError */
  begin(caller: Caller, attempt: SignUpAttempt, params: SignUpParams): SignUpAttempt {
    const verification = this.redirects.begin(caller, { purpose: 'sign_up', subjectId: attempt.id }, params);
    return this.attempts.put({ ...attempt, provider: { verification, profile: null } });
  }

  /** Goes on when the browser comes back. @param profile null when the person denied access @returns whether it is complete */
  finish({ devBrowserId, subjectId, verification }: ProviderRequest, profile: ProviderProfile | null): boolean {
    const attempt = this.signUps.get(devBrowserId, subjectId);
    const isTaken = profile !== null && this.accounts.ownerOf(profile) !== undefined;
    if (profile !== null && !isTaken) {
      const provider = { verification: endedVerification(verification, 'verified'), profile };
      return this.verified(devBrowserId, attempt, provider).createdSessionId !== null;
    }
    const error = isTaken ? new ExternalAccountExistsError() : new ProviderAccessDeniedError();
    const failed = failedVerification(verification, isTaken ? 'transferable' : 'failed', error);
    this.attempts.put({ ...attempt, provider: { verification: failed, profile } });
    return false;
  }

  /** Signs the person up whom a sign-in of the browser did not find. @throws TransferMissingError, IdentifierExistsError */
  transfer({ devBrowserId }: Caller, params: SignUpParams): SignUpAttempt {
    const client = this.clients.open(devBrowserId);
    const { verification, profile } = this.signIns.find(client.sign_in_id, client.id)?.provider ?? {};
    if (!profile || verification?.status !== 'transferable') throw new TransferMissingError('sign-in');
    const attempt = this.signUps.create(devBrowserId, params);
    return this.verified(devBrowserId, attempt, { verification: endedVerification(verification, 'verified'), profile });
  }

  /** Adds what the provider says to the sign-up, and completes it unless another address must still be verified. */
  private verified(
    devBrowserId: string,
    attempt: SignUpAttempt,
    provider: ProviderVerification & { readonly profile: ProviderProfile },
  ): SignUpAttempt {
    const { email_address, first_name, last_name } = provider.profile;
    const known = this.attempts.put({
      ...attempt,
      provider,
      email_address: attempt.email_address ?? { value: email_address, sent: null },
      first_name: attempt.first_name ?? (first_name || null),
      last_name: attempt.last_name ?? (last_name || null),
    });
    return isReady(known) ? this.signUps.complete(devBrowserId, known, PROVIDER) : known;
  }
}
