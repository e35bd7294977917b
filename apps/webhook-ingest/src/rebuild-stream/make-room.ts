import { type StreamContract } from '@gatehouse/contracts';
import { type JetStream, type StreamState } from '@gatehouse/messaging';

/**
 * Acknowledged messages are removed when a stream has reached this fraction of `maxBytes`. A full stream rejects new
 * messages, so the other half stays free for messages that arrive before the next check.
 */
const FULL = 0.5;

/**
 * Removes the acknowledged messages (up to `ackFloor`) from a stream that is at least half full; returns their number.
 * They are not needed: the ledger holds their events, and the consumer does not receive them again.
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
