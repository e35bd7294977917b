/** The story cannot be told; the message is a sentence for a person. */
export class DemoError extends Error {
  readonly code = 'DEMO_FAILED';

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DemoError';
  }
}
