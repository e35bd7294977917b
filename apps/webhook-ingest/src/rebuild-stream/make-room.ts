import { type StreamContract } from '@gatehouse/contracts';
import { type JetStream, type StreamState } from '@gatehouse/messaging';

/** Fraction of a stream's `maxBytes` from which acknowledged messages are removed. A full stream rejects new messages. */
const FULL = 0.5;

/**
 * Removes the acknowledged messages from a stream that is half full; returns how many. They are not needed: the ledger
 * holds the events, and the consumer does not receive acknowledged messages again.
 */
export async function makeRoom(
  jetStream: Pick<JetStream, 'purgeUpTo'>,
  stream: StreamContract,
  { bytes, firstSequence }: StreamState,
  ackFloor: number,
): Promise<number> {
  if (bytes < stream.maxBytes * FULL || ackFloor < firstSequence) return 0;
  return jetStream.purgeUpTo(stream, ackFloor);
}
