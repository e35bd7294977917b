import { Injectable } from '@nestjs/common';
import { ClerkApiError } from '../clerk/clerk-api-error';
import { endedVerification, type OauthVerification, PROVIDER, type ProviderProfile } from '../clerk/external-account';
import { type ClerkUser } from '../clerk/user';
import { ExternalAccounts } from '../keep-identifiers/external-accounts.service';
import {
  AlreadySignedInError,
  ExternalAccountNotFoundError,
  ProviderAccessDeniedError,
  TransferMissingError,
} from '../sign-in-errors';
import { type ProviderRequest } from '../test-provider/provider-requests';
import { SignInAttempts, SignUpAttempts } from './attempt.store';
import { type Caller } from './caller';
import { Clients } from './clients';
import { failedVerification } from './failed-verification';
import { type CreateSignInParams } from './frontend-api.schemas';
import { ProviderRedirects } from './provider-redirects';
import { type SignInAttempt } from './sign-in-attempt';
import { SignInsService } from './sign-ins.service';

/**
 * Signs users in by the Test Provider: the browser goes there and comes back. Without a user of the account, Clerk's
 * scripts transfer the sign-in to a sign-up.
 */
@Injectable()
export class SignInsByProvider {
  constructor(
    private readonly signIns: SignInsService,
    private readonly attempts: SignInAttempts,
    private readonly signUps: SignUpAttempts,
    private readonly clients: Clients,
    private readonly accounts: ExternalAccounts,
    private readonly redirects: ProviderRedirects,
  ) {}

  /** @throws RedirectUrlInvalidError */
  begin(caller: Caller, params: CreateSignInParams): SignInAttempt {
    const attempt = this.signIns.create(caller.devBrowserId, {});
    const verification = this.redirects.begin(caller, { purpose: 'sign_in', subjectId: attempt.id }, params);
    return this.attempts.put({ ...attempt, provider: { verification, profile: null } });
  }

  /** Goes on when the browser comes back. @param profile null when the person denied access @returns whether it is complete */
  finish({ devBrowserId, subjectId, verification }: ProviderRequest, profile: ProviderProfile | null): boolean {
    const attempt = this.signIns.get(devBrowserId, subjectId);
    const end = (status: 'failed' | 'transferable', error: ClerkApiError): boolean => {
      const failed = failedVerification(verification, status, error);
      this.attempts.put({ ...attempt, provider: { verification: failed, profile } });
      return false;
    };
    if (profile === null) return end('failed', new ProviderAccessDeniedError());
    const owner = this.accounts.ownerOf(profile);
    if (!owner) return end('transferable', new ExternalAccountNotFoundError());
    try {
      this.complete(devBrowserId, attempt, owner, { verification, profile });
      return true;
    } catch (error) {
      if (error instanceof ClerkApiError) return end('failed', error);
      throw error;
    }
  }

  /** Signs in the user whom a sign-up of the browser found. @throws TransferMissingError, UserLockedError, … */
  transfer({ devBrowserId }: Caller): SignInAttempt {
    const client = this.clients.open(devBrowserId);
    const { verification, profile } = this.signUps.find(client.sign_up_id, client.id)?.provider ?? {};
    const owner = profile && this.accounts.ownerOf(profile);
    if (!owner || verification?.status !== 'transferable') throw new TransferMissingError('sign-up');
    return this.complete(devBrowserId, this.signIns.create(devBrowserId, {}), owner, { verification, profile });
  }

  private complete(
    devBrowserId: string,
    attempt: SignInAttempt,
    owner: ClerkUser,
    { verification, profile }: { readonly verification: OauthVerification; readonly profile: ProviderProfile },
  ): SignInAttempt {
    const running = this.clients
      .liveSessions(this.clients.open(devBrowserId))
      .find((live) => live.user_id === owner.id);
    if (running) throw new AlreadySignedInError(running.id);
    const session = this.clients.signIn(devBrowserId, owner.id, PROVIDER);
    this.accounts.link(owner.id, profile);
    return this.attempts.put({
      ...attempt,
      identifier: profile.email_address,
      userId: owner.id,
      provider: { verification: endedVerification(verification, 'verified'), profile },
      createdSessionId: session.id,
    });
  }
}
