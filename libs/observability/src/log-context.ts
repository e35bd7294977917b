import { AsyncLocalStorage } from 'node:async_hooks';

/** Fields that are added to every log line of one request or event. */
export interface LogFields {
  readonly correlationId: string;
  readonly [field: string]: string | number;
}

const storage = new AsyncLocalStorage<LogFields>();

/** Runs `work` and adds `fields` to every log line that `work` and its asynchronous parts write. */
export function withLogContext<Result>(fields: LogFields, work: () => Result): Result {
  const outer = storage.getStore();
  return storage.run(outer === undefined ? fields : { ...outer, ...fields }, work);
}

/** Fields of the current context, if any. */
export function currentLogFields(): LogFields | undefined {
  return storage.getStore();
}

const ACCEPTABLE_ID = /^[A-Za-z0-9._:-]{1,128}$/;

/** Returns a client's request id if it is safe to log and to pass on, or else undefined. */
export function acceptableCorrelationId(header: unknown): string | undefined {
  return typeof header === 'string' && ACCEPTABLE_ID.test(header) ? header : undefined;
}
