/** What is known now, or will be. */
export type MaybePromise<Value> = Value | Promise<Value>;

/** Goes on at once with what is known now: promises that need not be waited for are a large part of a cheap request. */
export function whenKnown<Value, Result>(
  value: MaybePromise<Value>,
  next: (value: Value) => MaybePromise<Result>,
): MaybePromise<Result> {
  return value instanceof Promise ? value.then(next) : next(value);
}
