/** A signing secret is not `whsec_` and base64; the message never holds the secret. */
export class SigningSecretInvalidError extends Error {
  readonly code = 'SIGNING_SECRET_INVALID';

  constructor(problem: string) {
    super(problem);
    this.name = 'SigningSecretInvalidError';
  }
}

/** The ledger takes no more for now: its queue is full, or the database is away or too slow. Nothing was recorded. */
export class LedgerUnavailableError extends Error {
  readonly code = 'LEDGER_UNAVAILABLE';

  constructor(why: string, options?: ErrorOptions) {
    super(`the ledger is unavailable: ${why}`, options);
    this.name = 'LedgerUnavailableError';
  }
}

/** More bytes of bodies are in memory than may be. Nothing was recorded. */
export class OverloadedError extends Error {
  readonly code = 'OVERLOADED';

  constructor() {
    super('too many bytes of deliveries are in memory');
    this.name = 'OverloadedError';
  }
}

/** A delivery is refused; `status` and `reason` go to the sender, `reason` being a stable code. */
export class DeliveryRefusedError extends Error {
  readonly code = 'DELIVERY_REFUSED';

  constructor(
    readonly status: 400 | 403 | 404 | 405 | 413 | 415,
    readonly reason: string,
    detail: string,
  ) {
    super(detail);
    this.name = 'DeliveryRefusedError';
  }
}
