/** A key given by configuration cannot be used: no PEM, or of another kind than needed. The key itself is not told. */
export class KeyInvalidError extends Error {
  readonly code = 'KEY_INVALID';

  constructor(problem: string, cause?: unknown) {
    super(problem, { cause });
    this.name = 'KeyInvalidError';
  }
}

/** What is wrong with an envelope. */
export type EnvelopeFault =
  'missing' | 'malformed' | 'signature' | 'claims' | 'subject' | 'body' | 'lifetime' | 'not_yet_valid' | 'expired';

/** An envelope does not vouch for the request that it came with; never contains the envelope. */
export class EnvelopeInvalidError extends Error {
  readonly code = 'ENVELOPE_INVALID';

  constructor(readonly fault: EnvelopeFault) {
    super(`the envelope is refused: ${fault}`);
    this.name = 'EnvelopeInvalidError';
  }
}
