export { type Clock } from './clock';
export { createEnvelopeSigner, createEnvelopeVerifier, type EnvelopeSigner, type EnvelopeVerifier } from './envelope';
export { EnvelopeInvalidError, KeyInvalidError, type EnvelopeFault } from './errors';
