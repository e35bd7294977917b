import { Inject, Injectable } from '@nestjs/common';
import { type Now } from '../clerk/clock';
import {
  type EmailAddress,
  newEmailAddress,
  newPhoneNumber,
  type PhoneNumber,
  verification,
} from '../clerk/identifier';
import { type ClerkUser, type DeletedObject } from '../clerk/user';
import { IdentifierExistsError, ResourceNotFoundError } from '../errors';
import { assertFree } from '../keep-users/apply-profile';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { NOW } from '../tokens';
import {
  type CreateEmailAddressParams,
  type CreatePhoneNumberParams,
  type UpdateIdentifierParams,
} from './identifier.schemas';

type Kind = 'email_address' | 'phone_number';

/** Adds, verifies and removes users' e-mail addresses and phone numbers. Each change sends `user.updated`. */
@Injectable()
export class IdentifiersService {
  constructor(
    private readonly store: UserStore,
    private readonly users: UsersService,
    @Inject(NOW) private readonly now: Now,
  ) {}

  addEmailAddress(params: CreateEmailAddressParams): EmailAddress {
    const status = params.verified ? 'verified' : 'unverified';
    const added = newEmailAddress(params.email_address, status, this.now());
    this.users.change(params.user_id, (user) => {
      this.assertAddable('email_address', user, added.email_address);
      user.email_addresses.push(added);
      if (params.primary || user.email_addresses.length === 1) user.primary_email_address_id = added.id;
    });
    return added;
  }

  addPhoneNumber(params: CreatePhoneNumberParams): PhoneNumber {
    const status = params.verified ? 'verified' : 'unverified';
    const added = newPhoneNumber(params.phone_number, status, this.now());
    added.reserved_for_second_factor = params.reserved_for_second_factor ?? false;
    this.users.change(params.user_id, (user) => {
      this.assertAddable('phone_number', user, added.phone_number);
      user.phone_numbers.push(added);
      if (params.primary || user.phone_numbers.length === 1) user.primary_phone_number_id = added.id;
    });
    return added;
  }

  getEmailAddress(id: string): EmailAddress {
    return pick(this.ownerOf('email_address', id).email_addresses, id);
  }

  getPhoneNumber(id: string): PhoneNumber {
    return pick(this.ownerOf('phone_number', id).phone_numbers, id);
  }

  updateEmailAddress(id: string, params: UpdateIdentifierParams): EmailAddress {
    const user = this.users.change(this.ownerOf('email_address', id).id, (user, now) => {
      const email = pick(user.email_addresses, id);
      if (params.verified) assertFree(this.store, 'email_address', email.email_address, user.id);
      verify(email, params.verified, 'email_code', now);
      if (params.primary) user.primary_email_address_id = id;
    });
    return pick(user.email_addresses, id);
  }

  updatePhoneNumber(id: string, params: UpdateIdentifierParams): PhoneNumber {
    const user = this.users.change(this.ownerOf('phone_number', id).id, (user, now) => {
      const phone = pick(user.phone_numbers, id);
      if (params.verified) assertFree(this.store, 'phone_number', phone.phone_number, user.id);
      verify(phone, params.verified, 'phone_code', now);
      phone.reserved_for_second_factor = params.reserved_for_second_factor ?? phone.reserved_for_second_factor;
      if (params.primary) user.primary_phone_number_id = id;
    });
    return pick(user.phone_numbers, id);
  }

  /** Removes an identifier. If it was the primary one, the first remaining verified identifier becomes primary. */
  remove(kind: Kind, id: string): DeletedObject {
    this.users.change(this.ownerOf(kind, id).id, (user) => {
      if (kind === 'email_address') {
        user.email_addresses = user.email_addresses.filter((email) => email.id !== id);
        if (user.primary_email_address_id === id) user.primary_email_address_id = successor(user.email_addresses);
      } else {
        user.phone_numbers = user.phone_numbers.filter((phone) => phone.id !== id);
        if (user.primary_phone_number_id === id) user.primary_phone_number_id = successor(user.phone_numbers);
      }
    });
    return { object: kind, id, deleted: true };
  }

  /** @throws IdentifierExistsError when the user has the value, or another user has it verified or reserved */
  private assertAddable(kind: Kind, user: ClerkUser, value: string): void {
    assertFree(this.store, kind, value, user.id);
    if (this.store.holdersOf(kind, value).some(({ id }) => id === user.id)) throw new IdentifierExistsError(kind);
  }

  private ownerOf(kind: Kind, id: string): ClerkUser {
    const owner = this.store.ownerOf('identifier_id', id);
    const own: readonly { id: string }[] =
      (kind === 'email_address' ? owner?.email_addresses : owner?.phone_numbers) ?? [];
    if (!owner || !own.some((identifier) => identifier.id === id)) throw new ResourceNotFoundError(kind, id);
    return owner;
  }
}

function pick<T extends EmailAddress | PhoneNumber>(identifiers: readonly T[], id: string): T {
  const found = identifiers.find((identifier) => identifier.id === id);
  if (!found) throw new ResourceNotFoundError('identifier', id);
  return found;
}

function verify(
  identifier: EmailAddress | PhoneNumber,
  verified: boolean | null | undefined,
  strategy: 'email_code' | 'phone_code',
  now: number,
): void {
  identifier.updated_at = now;
  if (verified === null || verified === undefined) return;
  identifier.verification = verification(strategy, verified ? 'verified' : 'unverified', now);
  if (verified) identifier.reserved = false;
}

function successor(identifiers: readonly (EmailAddress | PhoneNumber)[]): string | null {
  return identifiers.find((identifier) => identifier.verification.status === 'verified')?.id ?? null;
}
