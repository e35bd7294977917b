import { AsyncLocalStorage } from 'node:async_hooks';

/** What every log line written while something is handled says besides its message. */
export interface LogFields {
  readonly correlationId: string;
  readonly [field: string]: string | number;
}

const storage = new AsyncLocalStorage<LogFields>();

/** Runs `work` so that every log line written by it, and by all that it awaits, carries `fields`. */
export function withLogContext<Result>(fields: LogFields, work: () => Result): Result {
  const outer = storage.getStore();
  return storage.run(outer === undefined ? fields : { ...outer, ...fields }, work);
}

/** The fields that apply here, if any. */
export function currentLogFields(): LogFields | undefined {
  return storage.getStore();
}

const ACCEPTABLE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** A client's id of a request if it is fit to be logged and passed on, else undefined. */
export function acceptableCorrelationId(header: unknown): string | undefined {
  return typeof header === 'string' && ACCEPTABLE_ID.test(header) ? header : undefined;
}
