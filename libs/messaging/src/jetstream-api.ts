import { type BusContract } from '@gatehouse/contracts';
import { JetStreamApiError } from '@nats-io/jetstream';
import { PermissionViolationError, RequestError } from '@nats-io/transport-node';
import { JetStreamUnavailableError, accountsAdvice } from './errors';

/** Returns how logs and errors name a stream or consumer. */
export function nameOf(contract: BusContract): string {
  return 'durable' in contract ? `consumer ${contract.durable} of ${contract.stream.name}` : `stream ${contract.name}`;
}

/** Error code of JetStream for a missing stream. @see errors.json of nats-server */
export const STREAM_NOT_FOUND = 10_059;
/** Error code of JetStream for a missing consumer. */
export const CONSUMER_NOT_FOUND = 10_014;

/** Returns the result of `call`, or undefined when JetStream answers with one of these error codes. */
export async function orUndefined<Value>(
  codes: readonly number[],
  call: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof JetStreamApiError && codes.includes(error.code)) return undefined;
    throw error;
  }
}

/** Returns the result of `call`. @throws JetStreamUnavailableError for every error of `call` */
export async function api<Value>(what: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    throw unavailable(what, error);
  }
}

/** Returns the error of a call that failed with `cause`. Its message says what to check, where the cause shows it. */
export function unavailable(what: string, cause: unknown): JetStreamUnavailableError {
  const reason = reasonOf(cause);
  return new JetStreamUnavailableError(reason === undefined ? what : `${what} (${reason})`, { cause });
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof JetStreamApiError) return error.message;
  if (!(error instanceof Error)) return undefined;
  // The client takes some errors, such as "no responders", for a server without JetStream. It wraps them in an error of
  // its own, so the reason is in the cause of that error.
  if (!(error instanceof RequestError)) return reasonOf(error.cause);
  // "No responders" means that nobody receives the call: for example, the account of the user does not import JetStream's
  // API.
  if (error.isNoResponders()) return `nobody answers: ${accountsAdvice}, and that JetStream runs`;
  return error.cause instanceof PermissionViolationError ? `not permitted: ${accountsAdvice}` : undefined;
}
