import { type AttemptFault } from '../inject-faults/delivery-faults';

/** One request of a webhook to its endpoint. */
export interface Attempt {
  /** When it began, ms since 1970. */
  at: number;
  duration_ms: number;
  /** What the endpoint answered; null when it did not. */
  status: number | null;
  /** Why it counts as failed; null when it succeeded. */
  error: string | null;
  /** The faults that struck it. */
  faults: string[];
  request: AttemptRequest;
  /** null when there was no answer. */
  response: AttemptResponse | null;
}

/** What was sent, but for the body where it is the delivery's own. */
export interface AttemptRequest {
  headers: Record<string, string>;
  /** The first 16 Ki characters of the altered body; null when the delivery's own was sent. */
  body: string | null;
}

/** What came back. */
export interface AttemptResponse {
  headers: Record<string, string>;
  /** Its first 4 KiB. */
  body: string;
}

/** Where a delivery stands: waiting for an attempt, answered 2xx, or given up. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** What an attempt's headers say instead of the truth. */
export interface HeaderFaults {
  /** Added to the timestamp, in seconds. */
  timestamp_offset_seconds?: number | undefined;
  /** Signs with this secret. */
  secret?: string | undefined;
  /** Sent as it stands. */
  signature?: string | undefined;
  /** Headers left out. */
  omit?: ('svix-id' | 'svix-timestamp' | 'svix-signature')[] | undefined;
}

/** One event on its way to one endpoint. */
export interface Delivery {
  id: string;
  /** The `svix-id`: the same for every attempt and every endpoint of an event. */
  message_id: string;
  endpoint_id: string;
  url: string;
  type: string;
  user_id: string | null;
  created_at: number;
  status: DeliveryStatus;
  /** Why it stands there, where the attempts do not say: dropped by a fault, endpoint disabled, … */
  note: string | null;
  /** When the next attempt is due; null when none is. */
  next_attempt_at: number | null;
  /** The latest attempts, oldest first. */
  attempts: Attempt[];
  /** Attempts that failed since the schedule began; a resend begins it anew. */
  failures: number;
  /** False: one attempt, whatever it brings. */
  retry: boolean;
  /** The kinds of fault that struck it. */
  fault_kinds: readonly string[];
  /** Held back until this many later deliveries to its endpoint have gone. */
  hold: { by: number; max_wait_ms: number } | null;
  faults: HeaderFaults | null;
  attempt_faults: readonly AttemptFault[];
  /** The bytes that are sent. */
  body: string;
}

/** How many attempts a delivery remembers. */
export const ATTEMPTS_KEPT = 50;
