import { z } from 'zod';
import { type ClerkSession } from '../clerk/session';
import { type ClerkUser } from '../clerk/user';
import { type Delivery } from '../deliver-webhooks/delivery';
import { type Endpoint } from '../keep-endpoints/endpoint';

const record = <T>() =>
  z.custom<T>((value) => typeof (value as { id?: unknown } | null)?.id === 'string', 'must have an id');

/** What STATE_FILE holds. The records are the emulator's own, so only their identity is checked. */
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
  users: z.array(record<ClerkUser>()),
  sessions: z.array(record<ClerkSession>()),
  /** Deliveries that were still pending. */
  deliveries: z.array(record<Delivery>()),
  /** Those that the control API created. */
  endpoints: z.array(record<Endpoint>()).default([]),
});
export type EmulatorState = z.output<typeof emulatorState>;
