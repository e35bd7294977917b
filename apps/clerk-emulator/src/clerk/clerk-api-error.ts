/** One entry of the `errors` array in Clerk's error body. */
export interface ClerkErrorItem {
  readonly code: string;
  readonly message: string;
  readonly longMessage: string;
  readonly meta?: Readonly<Record<string, unknown>>;
}

/** Texts of an error; `longMessage` defaults to `message`, and `param` names the request parameter at fault. */
interface ClerkErrorText {
  readonly message: string;
  readonly longMessage?: string;
  readonly param?: string;
}

/** Base class of the errors that are answered with Clerk's error body. */
export abstract class ClerkApiError extends Error {
  abstract readonly code: string;
  /** Headers of the response. */
  readonly headers: Readonly<Record<string, string>> = {};

  /** @param errors the `errors` array of the body, one entry for each fault in the request */
  constructor(
    readonly status: number,
    readonly errors: readonly ClerkErrorItem[],
  ) {
    super(errors.map((item) => item.longMessage).join(' '));
    this.name = new.target.name;
  }
}

/**
 * Makes the base class of an error with one code. `text` is constant, or a function of the constructor's arguments.
 * @example
 * class UserLockedError extends clerkError(403, 'user_locked', { message: 'User is locked' }) {}
 */
export function clerkError<const Code extends string, Args extends readonly unknown[] = []>(
  status: number,
  code: Code,
  text: ClerkErrorText | ((...args: Args) => ClerkErrorText),
): new (...args: Args) => ClerkApiError & { readonly code: Code } {
  return class extends ClerkApiError {
    readonly code = code;

    constructor(...args: Args) {
      super(status, [itemOf(code, typeof text === 'function' ? text(...args) : text)]);
    }
  };
}

function itemOf(code: string, { message, longMessage = message, param }: ClerkErrorText): ClerkErrorItem {
  return { code, message, longMessage, ...(param !== undefined && { meta: { param_name: param } }) };
}
