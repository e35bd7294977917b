import { Injectable } from '@nestjs/common';
import { type ClerkUser } from '../clerk/user';
import { UserStore } from '../keep-users/user.store';
import { UsersService } from '../keep-users/users.service';
import { isEmail } from './sent-code';

/** Finds and creates users by an e-mail address or phone number. */
@Injectable()
export class Accounts {
  constructor(
    private readonly store: UserStore,
    private readonly users: UsersService,
  ) {}

  find(identifier: string): ClerkUser | undefined {
    return this.store.ownerOf(isEmail(identifier) ? 'email_address' : 'phone_number', identifier);
  }

  findOrCreate(identifier: string): ClerkUser {
    const params = isEmail(identifier) ? { email_address: [identifier] } : { phone_number: [identifier] };
    return this.find(identifier) ?? this.users.create(params);
  }
}
