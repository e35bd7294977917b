import { isQuotaKind } from '@gatehouse/contracts';
import { type LiveEvent } from './live-event';
import { type Place, type Position, type Source, sources } from './stream-position';

/** An event of one user, with the position of this gateway after it. */
export interface RingEntry extends LiveEvent {
  readonly source: Source;
  readonly sequence: number;
  readonly position: Position;
  /** When it was added; milliseconds of a monotonic clock. */
  readonly at: number;
}

/** Bounds of a ring. */
export interface RingLimits {
  readonly bytes: number;
  readonly entries: number;
  readonly ageMs: number;
}

/** Where one stream is in the ring. */
interface Track {
  /** Epochs in the order in which they began, with the sequence of their beginning. */
  epochs: readonly Place[];
  /** Events after this sequence are in the ring, unless newer ones have replaced them. */
  floor: number;
  /** Everything up to here was added. */
  sequence: number;
}

/** How far an id may be ahead of this gateway: another gateway gave it, and this one is slower. */
const MAX_AHEAD = 10_000;
/** Memory of an entry besides its text, and of a quota, whose text is made when it is sent; bytes. */
const ENTRY_BYTES = 500;
/** Replaced events, or places of those that have left, that are kept before all are removed at once. */
const MAX_UNUSED = 1_000;

/**
 * The events of the last minutes, of all users, in the order in which this gateway received them. Bounded by bytes,
 * number and age; the oldest events leave first. Of each quota it keeps the newest event alone: a busy user changes it
 * several times a second, which would push out the events of all others.
 */
export class EventRing {
  private readonly tracks: Record<Source, Track> = { users: emptyTrack(), data: emptyTrack() };
  private readonly byUser = new Map<string, RingEntry[]>();
  private entries: RingEntry[] = [];
  private first = 0;
  private bytes = 0;
  /** Entries that a newer one has replaced. They are in `entries` and nowhere else. */
  private readonly replaced = new Set<RingEntry>();

  /** @param onEvict called with each event that leaves the ring for room or age */
  constructor(
    private readonly limits: RingLimits,
    private readonly now: () => number,
    private readonly onEvict: (entry: RingEntry) => void = () => undefined,
  ) {}

  get size(): number {
    return this.entries.length - this.first - this.replaced.size;
  }

  /** Memory of the entries; bytes, estimated. */
  get usedBytes(): number {
    return this.bytes;
  }

  /** The position of this gateway. */
  get position(): Position {
    return { users: placeOf(this.tracks.users), data: placeOf(this.tracks.data) };
  }

  /** One stream begins anew after `from`: its earlier events are dropped. */
  begin(source: Source, { epoch, sequence }: Place): void {
    this.sweep();
    const kept = this.entries.filter((entry) => entry.source !== source);
    this.entries = [];
    this.bytes = 0;
    this.byUser.clear();
    // The earlier sequences mean nothing in the stream that begins.
    const start = { epoch, sequence: 0 };
    for (const entry of kept) this.store({ ...entry, position: { ...entry.position, [source]: start } });
    this.tracks[source] = { epochs: [{ epoch, sequence: 0 }], floor: sequence, sequence };
  }

  /** Another epoch begins at a sequence. */
  beginEpoch(source: Source, place: Place): void {
    const track = this.tracks[source];
    track.epochs = [...track.epochs, place].slice(-20);
    track.sequence = Math.max(track.sequence, place.sequence);
  }

  /** Everything up to a sequence was read. */
  reach(source: Source, sequence: number): void {
    const track = this.tracks[source];
    track.sequence = Math.max(track.sequence, sequence);
  }

  /** Adds an event. */
  add(source: Source, sequence: number, event: LiveEvent): RingEntry {
    this.reach(source, sequence);
    const entry = { ...event, source, sequence, position: this.position, at: this.now() };
    this.store(entry);
    this.prune();
    return entry;
  }

  /** Removes what is too old or too much. */
  prune(): void {
    const oldest = this.now() - this.limits.ageMs;
    for (let entry = this.entries[this.first]; entry !== undefined; entry = this.entries[this.first]) {
      const isOver = this.size > this.limits.entries || this.bytes > this.limits.bytes;
      if (!isOver && entry.at >= oldest) return;
      this.evict(entry);
    }
  }

  /** The events of a user that are after a position, oldest first. */
  after(userId: string, position: Position): readonly RingEntry[] {
    const own = this.byUser.get(userId) ?? [];
    return own.filter(({ source, sequence }) => sequence > position[source].sequence);
  }

  /** Why the ring cannot continue after a position; undefined if it can. */
  refusalOf(position: Position): 'unknown' | 'too_old' | undefined {
    for (const source of sources) {
      const { epoch, sequence } = position[source];
      const track = this.tracks[source];
      if (sequence < track.floor) return 'too_old';
      if (sequence > track.sequence + MAX_AHEAD || epochAt(track, sequence) !== epoch) return 'unknown';
    }
    return undefined;
  }

  private store(entry: RingEntry): void {
    this.entries.push(entry);
    this.bytes += bytesOf(entry);
    const own = this.byUser.get(entry.userId);
    if (own === undefined) return void this.byUser.set(entry.userId, [entry]);
    if (isQuotaKind(entry.kind)) this.replace(own, entry);
    own.push(entry);
  }

  /** Removes the last event of the same quota. Who lacks it gets the newer one. */
  private replace(own: RingEntry[], { kind }: RingEntry): void {
    const at = own.findIndex((before) => before.kind === kind);
    const [before] = at < 0 ? [] : own.splice(at, 1);
    if (before === undefined) return;
    this.bytes -= bytesOf(before);
    this.replaced.add(before);
    if (this.replaced.size > MAX_UNUSED && this.replaced.size > this.size) this.sweep();
  }

  /** Removes what was replaced, and the places of what has left. */
  private sweep(): void {
    this.entries = this.entries.slice(this.first).filter((entry) => !this.replaced.has(entry));
    this.first = 0;
    this.replaced.clear();
  }

  private evict(entry: RingEntry): void {
    this.first += 1;
    this.entries[this.first - 1] = undefined as unknown as RingEntry;
    const isReplaced = this.replaced.delete(entry);
    if (this.first > MAX_UNUSED && this.first * 2 > this.entries.length) this.sweep();
    if (isReplaced) return;
    this.bytes -= bytesOf(entry);
    const own = this.byUser.get(entry.userId);
    own?.shift();
    if (own?.length === 0) this.byUser.delete(entry.userId);
    const track = this.tracks[entry.source];
    track.floor = Math.max(track.floor, entry.sequence);
    this.onEvict(entry);
  }
}

function emptyTrack(): Track {
  return { epochs: [], floor: 0, sequence: 0 };
}

function placeOf({ epochs, sequence }: Track): Place {
  return { epoch: epochs.at(-1)?.epoch ?? 0, sequence };
}

function epochAt({ epochs }: Track, sequence: number): number | undefined {
  return epochs.findLast((place) => place.sequence <= sequence)?.epoch;
}

function bytesOf({ text }: RingEntry): number {
  return (typeof text === 'string' ? text.length : ENTRY_BYTES) + ENTRY_BYTES;
}
