import { type Intake } from './intake';
import { type FollowedStream, readMessage } from './stream-message';
import { type StreamReader } from './stream-reader';

/**
 * Whether the last message of a row has an earlier version than the follower knows. An earlier version that was read
 * before the follower knew the newer one proves nothing, so the row is looked up.
 */
export async function isRegressed<Body>(
  intake: Intake<Body>,
  stream: FollowedStream<Body>,
  reader: StreamReader,
): Promise<boolean> {
  const { regressed: key } = intake;
  if (key === undefined) return false;
  const stored = await reader.last(stream.prefix + key);
  const message = stored && readMessage(stream, key, stored.data);
  if (message?.type === 'row' && intake.known.isEarlier(key, message.version)) return true;
  intake.regressed = undefined;
  return false;
}
