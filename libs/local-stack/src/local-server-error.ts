import { codedError, type CodedError, type CodedErrorClass } from '@gatehouse/errors';

/** A failure whose message is one sentence for a person: what failed, and what to do. */
export type LocalServerError = CodedError<string>;

const MARK = Symbol('LocalServerError');

/** Makes a base class for errors, as `codedError` does; {@link isLocalServerError} recognizes its instances. */
export function localServerError<const Code extends string>(code: Code): CodedErrorClass<Code, [message: string]>;
export function localServerError<const Code extends string>(code: Code, message: string): CodedErrorClass<Code, []>;
export function localServerError<const Code extends string, Args extends readonly unknown[]>(
  code: Code,
  message: (...args: Args) => string,
): CodedErrorClass<Code, Args>;
export function localServerError(code: string, message: unknown = (text: string) => text): unknown {
  const base = codedError(code, message as string);
  Object.defineProperty(base.prototype, MARK, { value: true });
  return base;
}

/**
 * Whether the class of the error was made with {@link localServerError}, so that its message is a sentence for a
 * person.
 */
export function isLocalServerError(error: unknown): error is LocalServerError {
  return error instanceof Error && MARK in error;
}
