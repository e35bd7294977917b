import { clerkUserSchema } from '@gatehouse/contracts';
import { Injectable } from '@nestjs/common';
import { z } from 'zod';
import { isVerified } from '../clerk-user/choose-address';
import { ClerkRequestError } from '../errors';
import { ClerkJson } from './clerk-json';
import { type Priority } from './priority';

const listSchema = z.array(clerkUserSchema.pick({ id: true, email_addresses: true }));

/** A Clerk user with a certain e-mail address, primary or not. */
export interface AddressHolder {
  readonly clerkUserId: string;
  readonly verified: boolean;
}

/** Finds the users at Clerk who have an e-mail address. */
@Injectable()
export class ClerkAddresses {
  constructor(private readonly clerk: ClerkJson) {}

  /**
   * Users with the address `email`, in any letter case; at most 100. Several users can have it unverified, but Clerk
   * lets at most one verify it.
   * @throws ClerkRequestError
   */
  async holdersOf(email: string, priority: Priority): Promise<readonly AddressHolder[]> {
    const query = new URLSearchParams({ email_address: email, limit: '100' });
    const missing = () => new ClerkRequestError('clerk', { status: 404 }, 'Clerk returned no list of users.');
    const users = await this.clerk.ask(
      { path: `/users?${query.toString()}`, schema: listSchema, missing },
      { priority },
    );
    const wanted = email.toLowerCase();
    return users.flatMap(({ id, email_addresses }) => {
      const own = email_addresses.filter(({ email_address }) => email_address?.toLowerCase() === wanted);
      if (own.length === 0) return [];
      return [{ clerkUserId: id, verified: own.some(isVerified) }];
    });
  }
}
