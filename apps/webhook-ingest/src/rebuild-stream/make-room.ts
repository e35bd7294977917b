import { type StreamContract } from '@gatehouse/contracts';
import { type JetStream, type StreamState } from '@gatehouse/messaging';

/** From here on what is acknowledged goes: a stream that is full refuses what is new. */
const FULL = 0.5;

/**
 * Removes what the consumer has acknowledged from a stream that is half full; gives how many messages that were. The
 * ledger has all of them, and the consumer asks for none again.
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
