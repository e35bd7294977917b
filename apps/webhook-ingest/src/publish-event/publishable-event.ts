/** A ledger row that is owed to the stream, with its bytes. */
export interface PublishableEvent {
  readonly id: string;
  readonly webhookId: string;
  readonly eventType: string;
  /** The row's `retry_count`. */
  readonly attempt: number;
  readonly publishNumber: number;
  readonly receivedAt: Date;
  readonly correlationId: string;
  readonly body: Uint8Array;
}
