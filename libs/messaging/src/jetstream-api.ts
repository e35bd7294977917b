import { type ConsumerContract, type StreamContract } from '@gatehouse/contracts';
import { JetStreamApiError } from '@nats-io/jetstream';
import { JetStreamConfigurationError, JetStreamUnavailableError } from './errors';

/** What a stream or a consumer is called in sentences. */
export function nameOf(contract: StreamContract | ConsumerContract): string {
  return 'durable' in contract ? `consumer ${contract.durable} of ${contract.stream.name}` : `stream ${contract.name}`;
}

/** What is there, or what an update makes of it where it differs from what is wanted. */
export async function brought<Info extends { readonly config: object }>(
  what: string,
  present: Info,
  wanted: object,
  update: () => Promise<Info>,
): Promise<Info> {
  const fields = differing(present, wanted);
  return fields.length === 0 ? present : unlessRefused(what, fields, update);
}

/** The names of the settings that are other than wanted. */
export function differing(present: { readonly config: object }, wanted: object): string[] {
  const found = new Map(Object.entries(present.config));
  const same = (key: string, value: unknown) => JSON.stringify(found.get(key)) === JSON.stringify(value);
  return Object.entries(wanted).flatMap(([key, value]) => (same(key, value) ? [] : [key]));
}

/** JetStream's error code for a stream that is not there. @see nats-server's errors.json */
export const STREAM_NOT_FOUND = 10_059;
/** What another replica has just made. */
const MADE_MEANWHILE = [10_013, 10_058, 10_105, 10_148];

function isPassing({ status, code }: JetStreamApiError): boolean {
  return status === 503 || code === STREAM_NOT_FOUND || MADE_MEANWHILE.includes(code);
}

/** Throws JetStreamConfigurationError when NATS refuses a change, and not only for the moment. */
export async function unlessRefused<Value>(
  what: string,
  fields: readonly string[],
  change: () => Promise<Value>,
): Promise<Value> {
  try {
    return await change();
  } catch (error) {
    if (error instanceof JetStreamApiError && !isPassing(error)) {
      throw new JetStreamConfigurationError(what, fields, error);
    }
    throw error;
  }
}

/** What the call gives; undefined when JetStream answers with this error code. */
export async function orUndefined<Value>(code: number, call: () => Promise<Value>): Promise<Value | undefined> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === code) return undefined;
    throw error;
  }
}

/** What the call gives; JetStreamUnavailableError when it fails, unless NATS has refused a change. */
export async function api<Value>(what: string, call: () => Promise<Value>): Promise<Value> {
  try {
    return await call();
  } catch (error) {
    if (error instanceof JetStreamConfigurationError) throw error;
    throw new JetStreamUnavailableError(what, { cause: error });
  }
}
