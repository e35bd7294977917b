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
