import { randomBytes } from 'node:crypto';
import { type EventMetadata, encodeEventHeaders, eventSubject } from '@gatehouse/contracts';
import { type StreamMessage } from '@gatehouse/messaging';
import { fixture } from './clerk-api';

/** A Clerk user in JSON. */
export type UserJson = Record<string, unknown> & { id: string; updated_at: number };

/** Body of a webhook. */
export interface EventJson {
  type: string;
  data: Record<string, unknown>;
  instance_id?: string | undefined;
  /** Milliseconds. */
  timestamp?: number;
}

/** Default version of the users; milliseconds since the epoch. */
export const T0 = 1_790_000_000_000;

/** Clerk instance of the sample events. */
export const instanceId = 'ins_3AbCdEfGhIjKlMnOpQrStUvWxYz';

const random = (): string => randomBytes(10).toString('hex');

/** A unique Clerk id. */
export const newClerkId = (): string => `user_${random()}`;

/** A unique webhook id. */
export const newWebhookId = (): string => `msg_${random()}`;

/** Clerk's sample user with another id and unique addresses. */
export function clerkUser(id: string, changes: Record<string, unknown> = {}): UserJson {
  const { data } = fixture<EventJson>('user.created');
  return withAddress({ ...data, id, updated_at: T0, ...changes }, `${id.slice(5)}@example.com`);
}

function withAddress(data: Record<string, unknown>, email: string): UserJson {
  const [address] = data.email_addresses as Record<string, unknown>[];
  const [phone] = data.phone_numbers as Record<string, unknown>[];
  const user = { ...data } as UserJson;
  if (address?.email_address === 'ada+clerk_test@example.com') {
    user.email_addresses = [{ ...address, email_address: email }];
  }
  if (phone?.phone_number === '+12015550100') {
    user.phone_numbers = [{ ...phone, phone_number: `+1${BigInt(`0x${random().slice(0, 11)}`)}`.slice(0, 15) }];
  }
  return user;
}

/** The same user with other values of its primary e-mail address. */
export function withEmail(user: UserJson, email: string, status = 'verified'): UserJson {
  const [address] = user.email_addresses as Record<string, unknown>[];
  return { ...user, email_addresses: [{ ...address, email_address: email, verification: { status } }] };
}

/** A `user.*` webhook of this user. */
export function userEvent(type: 'user.created' | 'user.updated', user: UserJson): EventJson {
  return { ...fixture<EventJson>(type), type, data: user };
}

/** A `user.deleted` webhook. */
export function deletion(id: string): EventJson {
  return { ...fixture<EventJson>('user.deleted'), data: { deleted: true, id, object: 'user' } };
}

/** A `session.*` webhook, with or without the user in it. */
export function sessionEvent(type: string, userId: string, changes: Record<string, unknown> = {}): EventJson {
  const sample = fixture<EventJson>('session.created');
  return { ...sample, type, data: { ...sample.data, id: `sess_${random()}`, user_id: userId, user: null, ...changes } };
}

/** Headers of a published event. */
export function metadata(type: string, changes: Partial<EventMetadata> = {}): EventMetadata {
  return {
    webhookId: newWebhookId(),
    eventType: type,
    attempt: 0,
    publishNumber: 1,
    receivedAt: Date.now(),
    correlationId: `corr-${random()}`,
    ...changes,
  };
}

/** The event as a message of the stream. */
export function deliveryOf(event: EventJson, about: EventMetadata, timesDelivered = 1): StreamMessage {
  const headers = encodeEventHeaders(about);
  return {
    subject: eventSubject(event.type),
    data: new TextEncoder().encode(JSON.stringify(event)),
    streamSequence: 1,
    timesDelivered,
    header: (name) => headers[name],
  };
}
