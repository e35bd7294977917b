import { type ConsumerContract, type StreamContract } from '@gatehouse/contracts';
import { JetStreamApiError } from '@nats-io/jetstream';
import { JetStreamConfigurationError, JetStreamUnavailableError } from './errors';

/** Returns how logs and errors name a stream or consumer. */
export function nameOf(contract: StreamContract | ConsumerContract): string {
  return 'durable' in contract ? `consumer ${contract.durable} of ${contract.stream.name}` : `stream ${contract.name}`;
}

/** Updates a stream or consumer if its settings differ from the wanted ones; returns its state. */
export async function updateIfDifferent<Info extends { readonly config: object }>(
  what: string,
  present: Info,
  wanted: object,
  update: () => Promise<Info>,
): Promise<Info> {
  const fields = differing(present, wanted);
  return fields.length === 0 ? present : unlessRefused(what, fields, update);
}

/** Names of the settings that differ from the wanted ones. */
export function differing(present: { readonly config: object }, wanted: object): string[] {
  const found = new Map(Object.entries(present.config));
  const same = (key: string, value: unknown) => JSON.stringify(found.get(key)) === JSON.stringify(value);
  return Object.entries(wanted).flatMap(([key, value]) => (same(key, value) ? [] : [key]));
}

/** Error code of JetStream for a missing stream. @see errors.json of nats-server */
export const STREAM_NOT_FOUND = 10_059;
/** Error codes of JetStream for a stream or consumer that another replica has just created. */
const CREATED_MEANWHILE = [10_013, 10_058, 10_105, 10_148];

function isTemporary({ status, code }: JetStreamApiError): boolean {
  return status === 503 || code === STREAM_NOT_FOUND || CREATED_MEANWHILE.includes(code);
}

/**
 * Returns the result of `change`.
 * @throws JetStreamConfigurationError when NATS refuses the change and a retry cannot help
 */
export async function unlessRefused<Value>(
  what: string,
  fields: readonly string[],
  change: () => Promise<Value>,
): Promise<Value> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof JetStreamApiError && !isTemporary(error)) {
      throw new JetStreamConfigurationError(what, fields, error);
    }
    throw error;
  }
}

/** Returns the result of `call`, or undefined when JetStream answers with the error code `code`. */
export async function orUndefined<Value>(code: number, call: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code) return undefined;
    throw error;
  }
}

/**
 * Returns the result of `call`.
 * @throws JetStreamConfigurationError when `call` throws it
 * @throws JetStreamUnavailableError for every other error of `call`
 */
export async function api<Value>(what: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof JetStreamConfigurationError) throw error;
    throw new JetStreamUnavailableError(what, { cause: error });
  }
}
