import { codedError } from '@gatehouse/errors';
import { type JetStreamConfigurationError } from '@gatehouse/messaging';

/** Streams or consumers are missing or cannot be used. The message names each of them. */
export class StreamsUnreadyError extends codedError('STREAMS_UNREADY', (problems: readonly string[]) =>
  problems.join('; '),
) {}

/** No server in NATS_URL accepted a connection. */
export class NatsUnreachableError extends codedError(
  'NATS_UNREACHABLE',
  'no server in NATS_URL accepts a connection: check the address, and that nats-server runs',
) {}

/** NATS refuses to create streams or consumers, or to change them to their contracts. */
export class SetupRefusedError extends codedError(
  'SETUP_REFUSED',
  (refusals: readonly JetStreamConfigurationError[]) => {
    const lines = refusals.map(({ message }) => message);
    if (refusals.some(({ fields }) => fields.length > 0)) lines.push(RECREATE);
    return lines.join('\n');
  },
) {}

const RECREATE =
  'Run nats-setup with --recreate to delete what NATS refuses to change, and to create it anew. ' +
  'This is safe: webhook-ingest fills the streams again from its ledger.';
