import { z } from 'zod';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';
import { type Delivery } from '../deliver-webhooks/delivery';
import { type Endpoint } from '../keep-endpoints/endpoint';

/** A record of the emulator's own: checked is only that without which nothing could be done with it. */
function record<T>(shape: Partial<Record<keyof T, z.ZodType>>) {
  const schema = z.looseObject(shape);
  return z.custom<T>((value) => schema.safeParse(value).success, 'lacks what it must have');
}

const text = z.string();
const user = record<ClerkUser>({
  id: text,
  created_at: z.number(),
  updated_at: z.number(),
  email_addresses: z.array(z.looseObject({ id: text, email_address: text })),
  phone_numbers: z.array(z.looseObject({ id: text, phone_number: text })),
  username: text.nullable(),
  external_id: text.nullable(),
});
const session = record<ClerkSession>({ id: text, user_id: text, status: text, expire_at: z.number() });
const delivery = record<Delivery>({
  id: text,
  message_id: text,
  url: z.url(),
  type: text,
  body: text,
  status: z.literal('pending'),
  attempts: z.array(z.looseObject({})),
  failures: z.number(),
});
const endpoint = record<Endpoint>({
  id: text,
  url: z.url(),
  secret: text,
  event_types: z.array(text),
  previous_secrets: z.array(z.looseObject({ secret: text, expires_at: z.number() })),
});

/** What STATE_FILE holds. */
export const emulatorState = z.object({
  version: z.literal(1),
  private_key: z.string(),
  /** Every key of the ring, oldest first; files written before keys could be rotated have but the one above. */
  keys: z
    .array(
      z.object({
        kid: z.string(),
        private_key: z.string(),
        created_at: z.number(),
        retired_at: z.number().nullable(),
      }),
    )
    .default([]),
  events_published: z.number().int().nonnegative(),
  users: z.array(user),
  /** When lockouts end, in ms since 1970; null when they do not. */
  lockouts: z.array(z.object({ user_id: text, ends_at: z.number().nullable() })).default([]),
  /** Ids of users who are gone, oldest first. */
  deleted_user_ids: z.array(text).default([]),
  sessions: z.array(session),
  /** Deliveries that were still pending. */
  deliveries: z.array(delivery),
  /** Those that the control API created. */
  endpoints: z.array(endpoint).default([]),
});
export type EmulatorState = z.output<typeof emulatorState>;
