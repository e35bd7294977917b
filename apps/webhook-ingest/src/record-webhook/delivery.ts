/** Maximum size of a body; Clerk sends no larger one. */
export const BODY_LIMIT_BYTES = 1024 * 1024;

/** A delivery with a valid signature, to be recorded. */
export interface Delivery {
  readonly webhookId: string;
  /** Time at which Clerk signed this attempt to deliver the event. */
  readonly sentAt: Date;
  readonly eventType: string;
  /** Why the event will not be published; absent for an event that will be published. */
  readonly ignored?: Ignored;
  readonly instanceId: string | null;
  readonly clerkUserId: string | null;
  readonly occurredAt: Date | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly correlationId: string;
  /** Fingerprint of the secret that made the signature. */
  readonly signingSecret: string;
  /** Bytes to store and publish: the sent bytes, redacted if they contained a secret. */
  readonly body: Buffer;
}

/** Why an event is recorded and not published: a stable code and a sentence for operators. */
interface Ignored {
  readonly decision: 'unparseable' | 'not-an-event' | 'unhandled-type';
  readonly reason: string;
}

/**
 * Result of recording a delivery. `duplicate`: the ledger already had its webhook id, and nothing changed. `redriven`:
 * the ledger had its webhook id, and the event was dead; the event was redriven.
 */
export type Recorded =
  | { readonly result: 'duplicate' }
  | { readonly result: 'redriven'; readonly redriveId: string }
  | { readonly result: 'recorded'; readonly id: string; readonly receivedAt: Date };
