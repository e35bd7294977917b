/** A row of the ledger to be published, with its body. */
export interface PublishableEvent {
  readonly id: string;
  readonly webhookId: string;
  readonly eventType: string;
  /** `retry_count` of the row. */
  readonly attempt: number;
  readonly publishNumber: number;
  readonly receivedAt: Date;
  readonly correlationId: string;
  readonly body: Uint8Array;
}
