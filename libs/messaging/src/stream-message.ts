import { type Msg } from '@nats-io/transport-node';

/** A message that a consumer received. `timesDelivered` counts from 1. */
export interface StreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly streamSequence: number;
  readonly timesDelivered: number;
  header(name: string): string | undefined;
}

/** The answers to a message that JetStream understands. */
export type Acknowledgement = '+ACK' | '-NAK' | '+WPI';

/** A message with the means to answer it. */
export interface PulledMessage extends StreamMessage {
  answer(acknowledgement: Acknowledgement): void;
}

const encoder = new TextEncoder();

/**
 * Converts a message of the client library; returns undefined if it is only a status from the server.
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference (acknowledgement subjects, ADR-15)
 */
export function toPulledMessage(message: Msg): PulledMessage | undefined {
  const tokens = message.reply?.split('.');
  if (tokens?.[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  // `start` is the index of the delivery count in the reply subject. The subject has 9 tokens, or at least 11 if it
  // names the domain and the account in third and fourth place.
  const start = tokens.length >= 11 ? 6 : 4;
  return {
    subject: message.subject,
    data: message.data,
    timesDelivered: Number(tokens[start]),
    streamSequence: Number(tokens[start + 1]),
    header: (name) => message.headers?.get(name) || undefined,
    answer: (acknowledgement) => void message.respond(encoder.encode(acknowledgement)),
  };
}
