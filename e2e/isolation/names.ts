import { randomBytes, randomInt, randomUUID } from 'node:crypto';

/** What identifies a person's data in a request: ids, addresses and codes. */
export interface Names {
  readonly userId: string;
  readonly clerkUserId: string;
  readonly email: string;
  readonly phone: string;
  readonly referralCode: string;
  readonly keyId: string;
  readonly clerkSessionId: string;
  /** The `jti` of a Gatehouse token. */
  readonly gatehouseSessionId: string;
  readonly reservationId: string;
  readonly itemId: string;
  readonly templateId: string;
  readonly assistantSessionId: string;
}

/** Names that nobody has, in the same form and of the same length as those of `person`. */
export function unusedNames(person: Names): Names {
  return {
    userId: randomUUID(),
    clerkUserId: `user_${randomText(person.clerkUserId.length - 'user_'.length)}`,
    email: `${randomText(person.email.indexOf('@')).toLowerCase()}${person.email.slice(person.email.indexOf('@'))}`,
    phone: `+1201555${randomInt(9_000, 10_000)}`,
    referralCode: person.referralCode.replace(/[^-]{4}$/, randomBytes(2).toString('hex').toUpperCase()),
    keyId: randomUUID(),
    clerkSessionId: `sess_${randomText(person.clerkSessionId.length - 'sess_'.length)}`,
    gatehouseSessionId: randomUUID(),
    reservationId: randomUUID(),
    itemId: randomUUID(),
    templateId: randomUUID(),
    assistantSessionId: randomUUID(),
  };
}

function randomText(length: number): string {
  return randomBytes(length).toString('hex').slice(0, length);
}
