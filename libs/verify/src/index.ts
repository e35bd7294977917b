export { allows, type Caller } from './caller';
export { createVerifier, type Verifier, type VerifierOptions } from './create-verifier';
export { AssertionInvalidError, KeysUnavailableError, OptionInvalidError, type AssertionFault } from './errors';
