/** An error with a code that callers can test; the code is part of the contract, the message is for people. */
export interface CodedError<Code extends string> extends Error {
  readonly code: Code;
}

/** Class of errors with one code. Its last, optional argument is `{ cause }`. */
export type CodedErrorClass<Code extends string, Args extends readonly unknown[]> = new (
  ...args: [...args: Args, options?: ErrorOptions]
) => CodedError<Code>;

/**
 * Makes the base class of an error from its literal code and its message. The message is a text, or a function of the
 * constructor's arguments. Such a function must not use default or rest parameters: its `length` gives the position of
 * the options. An error's `name` is the name of the class that was constructed.
 * @example
 * class StreamMissingError extends codedError('STREAM_MISSING', (stream: string) => `stream ${stream} does not exist`) {}
 * throw new StreamMissingError('events', { cause: error });
 */
export function codedError<const Code extends string>(code: Code, message: string): CodedErrorClass<Code, []>;
export function codedError<const Code extends string, Args extends readonly unknown[]>(
  code: Code,
  message: (...args: Args) => string,
): CodedErrorClass<Code, Args>;
export function codedError(
  code: string,
  message: string | ((...args: unknown[]) => string),
): CodedErrorClass<string, readonly unknown[]> {
  return class extends Error {
    readonly code = code;

    constructor(...args: unknown[]) {
      const [text, position] = typeof message === 'string' ? [message, 0] : [message(...args), message.length];
      super(text, args[position] as ErrorOptions | undefined);
      this.name = new.target.name;
    }
  };
}
