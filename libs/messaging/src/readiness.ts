import { type ConsumerContract, type StreamContract, requiredMaxPayload } from '@gatehouse/contracts';
import { type ReadinessCheck } from '@gatehouse/observability';
import { JetStreamUnavailableError } from './errors';
import { type JetStream } from './jetstream';
import { type NatsClient } from './nats-client';

/** Ready when connected to a server whose `max_payload` is large enough for the largest webhook. */
export function natsReadiness(nats: NatsClient): ReadinessCheck {
  return {
    name: 'nats',
    check: () => {
      const limit = nats.get().info?.max_payload ?? 0;
      if (limit < requiredMaxPayload) {
        throw new JetStreamUnavailableError(
          `max_payload is ${limit} bytes, but must be at least ${requiredMaxPayload}`,
        );
      }
    },
  };
}

/** Not ready while a stream is missing or cannot be used. Names every such stream. */
export function streamsReadiness(jetStream: JetStream, streams: readonly StreamContract[]): ReadinessCheck {
  return {
    name: 'streams',
    check: () => requireAll(streams.map((stream) => () => jetStream.checkStream(stream))),
  };
}

/** Not ready while a consumer is missing or cannot be used. Names every such consumer. */
export function consumersReadiness(jetStream: JetStream, consumers: readonly ConsumerContract[]): ReadinessCheck {
  return {
    name: 'consumers',
    check: () => requireAll(consumers.map((consumer) => () => jetStream.checkConsumer(consumer))),
  };
}

/** Runs all checks. @throws the error of the one that fails, or an error with the messages of all that fail */
async function requireAll(checks: readonly (() => Promise<unknown>)[]): Promise<void> {
  const results = await Promise.allSettled(checks.map((check) => check()));
  const errors = results.flatMap((result) => (result.status === 'rejected' ? [result.reason as Error] : []));
  const [first] = errors;
  if (first === undefined) return;
  throw errors.length === 1 ? first : new AggregateError(errors, errors.map(({ message }) => message).join('; '));
}
