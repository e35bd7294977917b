import { fixture } from '../clerk-api';
import { type EventJson, type UserJson } from '../clerk-events';
import { type CompanyMetadataModel } from './company-metadata-model';

/** Whether Clerk names the address as primary, names no primary one, or an id that is not in the list. */
export type Naming = 'primary' | 'none' | 'dangling';

/** The only e-mail address or phone number of a person. */
export interface Address {
  value: string;
  verified: boolean;
  named: Naming;
}

/** A user as the model of Clerk holds it. */
export interface Person {
  readonly id: string;
  version: number;
  name: string;
  email: Address | null;
  phone: Address | null;
  banned: boolean;
  deprovisioned: boolean;
  /** By the model's clock; Infinity when the lockout has no end. */
  lockedUntil: number;
  readonly metadata: CompanyMetadataModel;
}

/** The address that Gatehouse stores: null when it is neither primary nor verified. */
export function stored(address: Address | null): Address | null {
  return address === null || (address.named !== 'primary' && !address.verified) ? null : address;
}

/** Whether both are the same address, ignoring case. */
export function same(a: Address | null, b: Address | null): boolean {
  return a !== null && b !== null && a.value.toLowerCase() === b.value.toLowerCase();
}

/** One of four e-mail addresses, each in lower or upper case. */
export function emailOf(address: number): string {
  const email = `address${address % 4}@example.com`;
  return address >= 4 ? email.toUpperCase() : email;
}

/** One of a few phone numbers. */
export function phoneOf(address: number): string {
  return `+120155501${10 + address}`;
}

const template = fixture<EventJson>('user.created').data;

/** JSON of a person that Clerk sends at a time of the model's clock, in milliseconds. */
export function toJson({ id, version, name, email, phone, metadata, ...access }: Person, now: number): UserJson {
  const verification = (address: Address) => ({ status: address.verified ? 'verified' : 'unverified' });
  return {
    ...template,
    id,
    updated_at: version,
    first_name: name,
    banned: access.banned,
    deprovisioned: access.deprovisioned,
    locked: access.lockedUntil > now,
    lockout_expires_in_seconds:
      access.lockedUntil > now && access.lockedUntil < Infinity ? (access.lockedUntil - now) / 1_000 : null,
    public_metadata: metadata.json,
    primary_email_address_id: primaryId(email, 'idn_email'),
    primary_phone_number_id: primaryId(phone, 'idn_phone'),
    email_addresses: email ? [{ id: 'idn_email', email_address: email.value, verification: verification(email) }] : [],
    phone_numbers: phone ? [{ id: 'idn_phone', phone_number: phone.value, verification: verification(phone) }] : [],
  };
}

function primaryId(address: Address | null, id: string): string | null {
  return address === null || address.named === 'none' ? null : address.named === 'dangling' ? 'idn_gone' : id;
}
