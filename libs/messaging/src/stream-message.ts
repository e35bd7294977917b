import { type Msg } from '@nats-io/transport-node';

/** A message of a consumer, as JetStream delivered it; `timesDelivered` counts from 1. */
export interface StreamMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly streamSequence: number;
  readonly timesDelivered: number;
  header(name: string): string | undefined;
}

/** The answers that JetStream understands on a delivery's reply subject. */
export type Acknowledgement = '+ACK' | '-NAK' | '+WPI';

/** A delivery together with the means to answer it. */
export interface PulledMessage extends StreamMessage {
  answer(acknowledgement: Acknowledgement): void;
}

const encoder = new TextEncoder();

/**
 * Reads a delivery out of a message; undefined when it is none (a status from the server).
 * @see https://docs.nats.io/reference/reference-protocols/nats_api_reference (acknowledgement subjects, ADR-15)
 */
export function toPulledMessage(message: Msg): PulledMessage | undefined {
  const tokens = message.reply?.split('.');
  if (tokens?.[0] !== '$JS' || tokens[1] !== 'ACK') return undefined;
  // Nine tokens, or eleven and more with domain and account in third and fourth place.
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
