export { allows, type Caller } from './caller';
export { createVerifier, type Verifier, type VerifierOptions } from './create-verifier';
export { AssertionInvalidError, KeysUnavailableError, type AssertionFault } from './errors';
