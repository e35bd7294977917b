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

/** Not ready when a stream is missing, or differs from its contract and NATS refused to update it. */
export function streamsReadiness(jetStream: JetStream, streams: readonly StreamContract[]): ReadinessCheck {
  return {
    name: 'streams',
    check: async () => {
      for (const stream of streams) await jetStream.checkStream(stream);
    },
  };
}

/** Not ready while NATS refuses the configuration of a consumer, because that consumer then receives no messages. */
export function consumersReadiness(jetStream: JetStream, consumers: readonly ConsumerContract[]): ReadinessCheck {
  return {
    name: 'consumers',
    check: () => {
      for (const consumer of consumers) jetStream.checkConsumer(consumer);
    },
  };
}
