/** The package cannot be made; the message is a sentence for a person. */
export class PackError extends Error {
  readonly code = 'PACK_FAILED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PackError';
  }
}
