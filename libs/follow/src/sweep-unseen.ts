import { type Intake } from './intake';
import { type StoredMessage } from './stream-reader';

/** What a sweep needs. */
interface Sweep<Body> {
  readonly intake: Intake<Body>;
  /** The last message of a key. */
  readonly last: (key: string) => Promise<StoredMessage | undefined>;
  readonly take: (message: StoredMessage) => Promise<void>;
  /** Whether the stream is still the same, and its newest epoch complete. */
  readonly isUnchanged: () => Promise<boolean>;
  readonly queue: { room(): Promise<void>; passRoom(): void };
  readonly signal: AbortSignal;
}

/** Number of calls to JetStream at the same time. */
const READERS = 128;

/**
 * Removes the rows that a complete epoch does not have. Each row that was not seen in the epoch is looked up before, so
 * that a message that the feed lost removes nothing.
 * @returns false if the stream changed meanwhile, so that the sweep must be repeated
 */
export async function sweepUnseen<Body>(sweep: Sweep<Body>): Promise<boolean> {
  const { intake, queue, signal } = sweep;
  const { known } = intake;
  // The publisher removes old deletions from the stream.
  for (const key of known.unseenKeys({ deleted: true })) known.delete(key);
  const absent = await lookUp(sweep, [...known.unseenKeys({ deleted: false })]);
  if (absent.length === 0) return true;
  if (!(await sweep.isUnchanged())) return false;
  for (const key of absent) {
    while (known.isHeld(key) && !known.isSeen(key) && !intake.takeAbsence(key)) {
      if (signal.aborted) return false;
      await queue.room();
    }
  }
  queue.passRoom();
  return true;
}

/** Returns the keys that the stream does not have, and takes the messages of the others. */
async function lookUp<Body>({ last, take, signal }: Sweep<Body>, keys: readonly string[]): Promise<string[]> {
  const absent: string[] = [];
  const left = keys.values();
  const read = async (): Promise<void> => {
    for (const key of left) {
      if (signal.aborted) return;
      const message = await last(key);
      if (message === undefined) absent.push(key);
      else await take(message);
    }
  };
  await Promise.all(Array.from({ length: READERS }, read));
  return absent;
}
