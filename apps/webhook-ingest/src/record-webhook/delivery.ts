/** A verified delivery as it is to be recorded. */
export interface Delivery {
  readonly webhookId: string;
  /** When Clerk signed this attempt. */
  readonly sentAt: Date;
  readonly eventType: string;
  /** Absent when it is to be published; else why nobody will handle it. */
  readonly ignored?: Ignored;
  readonly instanceId: string | null;
  readonly clerkUserId: string | null;
  readonly occurredAt: Date | null;
  readonly sourceIp: string | null;
  readonly userAgent: string | null;
  readonly correlationId: string;
  /** The fingerprint of the secret that verified it. */
  readonly signingSecret: string;
  /** What is kept and published: the bytes as they came, unless they held what could sign somebody in. */
  readonly body: Buffer;
}

/** Why a verified delivery is recorded and not published: a stable word and a sentence for operators. */
export interface Ignored {
  readonly decision: 'unparseable' | 'not-an-event' | 'unhandled-type';
  readonly reason: string;
}

/** What recording a delivery came to; a duplicate has changed nothing, unless its event was dead: then it is redriven. */
export type Recorded =
  | { readonly result: 'duplicate' }
  | { readonly result: 'redriven'; readonly redriveId: string }
  | { readonly result: 'recorded'; readonly id: string; readonly receivedAt: Date };
