/** The verifier of assertions. */
export const VERIFIER = Symbol.for('@gatehouse/nest:verifier');
