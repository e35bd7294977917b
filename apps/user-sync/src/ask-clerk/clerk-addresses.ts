import { clerkUserIdSchema } from '@gatehouse/contracts';
import { Inject, Injectable } from '@nestjs/common';
import { z } from 'zod';
import { ClerkRequestError } from '../errors';
import { isVerified } from '../map-clerk-user/choose-address';
import { ClerkJson } from './clerk-json';
import { type Lane } from './lane';

const TIMEOUT_MS = 10_000;

const listSchema = z.array(
  z.looseObject({
    id: clerkUserIdSchema,
    email_addresses: z
      .array(
        z.looseObject({
          email_address: z.string().nullish(),
          reserved: z.boolean().nullish(),
          verification: z.looseObject({ status: z.string().nullish() }).nullish(),
        }),
      )
      .nullish(),
  }),
);

/** A Clerk user who has an e-mail address, primary or not. */
export interface AddressHolder {
  readonly clerkUserId: string;
  readonly verified: boolean;
}

/** Who holds an e-mail address at Clerk right now. */
@Injectable()
export class ClerkAddresses {
  constructor(@Inject(ClerkJson) private readonly clerk: ClerkJson) {}

  /** All holders of an address in any letter case; at Clerk at most one has it verified. Throws ClerkRequestError. */
  async holdersOf(email: string, lane: Lane): Promise<readonly AddressHolder[]> {
    const query = new URLSearchParams({ email_address: email, limit: '100' });
    const missing = () => new ClerkRequestError('clerk', { status: 404 }, 'Clerk returned no list of users');
    const asking = { lane, timeoutMs: TIMEOUT_MS };
    const users = await this.clerk.ask({ path: `/users?${query.toString()}`, schema: listSchema, missing }, asking);
    const wanted = email.toLowerCase();
    return users.flatMap(({ id, email_addresses }) => {
      const own = (email_addresses ?? []).filter(({ email_address }) => email_address?.toLowerCase() === wanted);
      if (own.length === 0) return [];
      return [{ clerkUserId: id, verified: own.some(isVerified) }];
    });
  }
}
