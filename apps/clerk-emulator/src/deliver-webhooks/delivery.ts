import { type AttemptFault } from '../inject-faults/delivery-faults';

/** One request that sends a delivery to its endpoint. */
export interface Attempt {
  /** Start, in ms since 1970. */
  at: number;
  duration_ms: number;
  /** Status of the response; null when there was none. */
  status: number | null;
  /** Reason of the failure; null after a success. */
  error: string | null;
  /** Kinds of the faults that applied to the attempt. */
  faults: string[];
  request: AttemptRequest;
  /** Null when there was no response. */
  response: AttemptResponse | null;
}

/** Request of an attempt. */
export interface AttemptRequest {
  headers: Record<string, string>;
  /** First 16 Ki characters of an altered body; null when the body of the delivery was sent unchanged. */
  body: string | null;
}

/** Response of an endpoint. */
export interface AttemptResponse {
  headers: Record<string, string>;
  /** First 4 Ki characters. */
  body: string;
}

/** `pending` waits for an attempt, `delivered` was answered with 2xx, `failed` gets no more attempts. */
export type DeliveryStatus = 'pending' | 'delivered' | 'failed';

/** Changes to the headers of a delivery, requested with `POST /emulator/events`. */
export interface HeaderFaults {
  /** Seconds that are added to the `svix-timestamp` header. */
  timestamp_offset_seconds?: number | undefined;
  /** Secret that signs instead of the endpoint's secrets. */
  secret?: string | undefined;
  /** The `svix-signature` header that is sent instead of a computed one. */
  signature?: string | undefined;
  /** Headers left out. */
  omit?: ('svix-id' | 'svix-timestamp' | 'svix-signature')[] | undefined;
}

/** One event for one endpoint. */
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
  /** Reason of the status when no attempt shows it, such as "endpoint disabled". */
  note: string | null;
  /** Time of the next attempt, in ms since 1970; null when there will be none. */
  next_attempt_at: number | null;
  /** The latest attempts, oldest first. */
  attempts: Attempt[];
  /** Failed attempts since the retry schedule started; a resend restarts the schedule. */
  failures: number;
  /** False: one attempt only, without retries. */
  retry: boolean;
  /** Kinds of the faults that applied to the delivery. */
  fault_kinds: readonly string[];
  /**
   * Null without the fault `reorder`. With this fault, the first attempt waits until `by` attempts of other deliveries
   * to the same endpoint have ended, but at most `max_wait_ms`. `HeldDeliveries` sets the field to null when this wait
   * begins, so that retries do not wait again.
   */
  hold: { by: number; max_wait_ms: number } | null;
  faults: HeaderFaults | null;
  attempt_faults: readonly AttemptFault[];
  /** Body that is sent and signed. */
  body: string;
}

/** Maximum number of attempts that a delivery keeps. */
export const ATTEMPTS_KEPT = 50;
