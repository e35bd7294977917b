import { type JetStreamManager } from '@nats-io/jetstream';

/** Configuration and position of one stream. */
export interface StreamView {
  readonly config: string;
  readonly lastSequence: number;
  readonly messages: number;
}

/** Configuration and position of one consumer. */
export interface ConsumerView {
  readonly config: string;
  readonly delivered: number;
  readonly unacknowledged: number;
  readonly redelivered: number;
  readonly waiting: number;
}

/** Every stream by name, and every consumer by `<stream>.<durable>`. */
export interface BusState {
  readonly streams: ReadonlyMap<string, StreamView>;
  readonly consumers: ReadonlyMap<string, ConsumerView>;
}

/** Reads the state of all streams and consumers. Creation times count as configuration: a recreated stream differs. */
export async function readState(manager: JetStreamManager): Promise<BusState> {
  const streams = new Map<string, StreamView>();
  const consumers = new Map<string, ConsumerView>();
  for await (const { config, created, state } of manager.streams.list()) {
    const view = { config: JSON.stringify([config, created]), lastSequence: state.last_seq, messages: state.messages };
    streams.set(config.name, view);
    for await (const info of manager.consumers.list(config.name)) {
      consumers.set(`${config.name}.${info.name}`, {
        config: JSON.stringify([info.config, info.created, info.paused ?? false]),
        delivered: info.delivered.consumer_seq,
        unacknowledged: info.num_ack_pending,
        redelivered: info.num_redelivered,
        waiting: info.num_pending,
      });
    }
  }
  return { streams, consumers };
}
