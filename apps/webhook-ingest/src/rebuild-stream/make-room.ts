import { type StreamContract } from '@gatehouse/contracts';
import { type JetStream, type StreamState } from '@gatehouse/messaging';

/**
 * When a stream holds this fraction of its `maxBytes`, acknowledged messages are removed. A full stream rejects new
 * messages.
 */
const FULL = 0.5;

/**
 * Removes the acknowledged messages from a stream that is half full; returns how many. Acknowledged messages are not
 * needed: the ledger holds their events, and the consumer does not receive them again.
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
