import { Injectable } from '@nestjs/common';
import {
  endedVerification,
  type ExternalAccount,
  newExternalAccount,
  newOauthVerification,
  PROVIDER,
  type ProviderProfile,
  providerUserId,
} from '../clerk/external-account';
import { type ClerkUser, type DeletedObject } from '../clerk/user';
import { ResourceNotFoundError } from '../errors';
import { hasForItself, UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { ExternalAccountExistsError } from '../sign-in-errors';

/** Links users with their accounts at the Test Provider. */
@Injectable()
export class ExternalAccounts {
  constructor(
    private readonly store: UserStore,
    private readonly users: UsersService,
  ) {}

  /** The user who has the account; otherwise the one who has its e-mail address verified, as at Clerk. */
  ownerOf(profile: ProviderProfile): ClerkUser | undefined {
    const linked = this.store.ownerOf('external_account', providerUserId(profile));
    if (linked) return linked;
    const holder = this.store.ownerOf('email_address', profile.email_address);
    return holder && hasForItself(holder, 'email_address', profile.email_address) ? holder : undefined;
  }

  /** Adds the account to the user, who may have it already. @throws ExternalAccountExistsError when another user has it */
  link(userId: string, profile: ProviderProfile): ExternalAccount {
    const owner = this.store.ownerOf('external_account', providerUserId(profile));
    if (owner && owner.id !== userId) throw new ExternalAccountExistsError();
    const user = owner ?? this.users.change(userId, (changed, now) => addExternalAccount(changed, profile, now));
    return accountOf(user, profile);
  }

  /** @throws ResourceNotFoundError when the user has no such account */
  get(userId: string, id: string): ExternalAccount {
    const found = this.store.get(userId).external_accounts.find((account) => account.id === id);
    if (!found) throw new ResourceNotFoundError('external account', id);
    return found;
  }

  /** @throws ResourceNotFoundError when the user has no such account */
  remove(userId: string, id: string): DeletedObject {
    const removed = this.get(userId, id);
    this.users.change(userId, (user) => {
      user.external_accounts = user.external_accounts.filter((account) => account.id !== id);
      for (const email of user.email_addresses) {
        email.linked_to = email.linked_to.filter((link) => link.id !== removed.identification_id);
      }
    });
    return { object: 'external_account', id, deleted: true };
  }
}

/** Adds the account to a copy of a user, and links it with the e-mail address that is the same. */
export function addExternalAccount(user: ClerkUser, profile: ProviderProfile, now: number): void {
  const account = newExternalAccount(profile, endedVerification(newOauthVerification('', now), 'verified'), now);
  user.external_accounts = [...user.external_accounts, account];
  for (const email of user.email_addresses) {
    if (email.email_address !== profile.email_address) continue;
    email.linked_to = [...email.linked_to, { type: PROVIDER, id: account.identification_id }];
  }
}

function accountOf(user: ClerkUser, profile: ProviderProfile): ExternalAccount {
  const found = user.external_accounts.find((account) => account.provider_user_id === providerUserId(profile));
  if (!found) throw new ResourceNotFoundError('external account', providerUserId(profile));
  return found;
}
