/** Version of a key whose version is unknown. Every version of a message is newer. */
export const UNKNOWN_VERSION = -1;

/**
 * The newest version of each key that the follower has taken. For each key also: whether it was deleted, and whether it
 * was seen in the current epoch. One number per key holds all three.
 */
export class KnownVersions {
  /** `(version + 1) * 4 + deleted * 2 + mark`. A key was seen when its mark equals `mark`. */
  private readonly packed = new Map<string, number>();
  private mark = 0;
  private unseen = 0;

  /** Number of keys, including deleted ones. */
  get size(): number {
    return this.packed.size;
  }

  /** Number of keys that were not seen in the current epoch. */
  get unseenCount(): number {
    return this.unseen;
  }

  /** Whether `version` is newer than the known one, or the key is new. */
  isNews(key: string, version: number): boolean {
    const value = this.packed.get(key);
    return value === undefined || version > versionOf(value);
  }

  /** Whether `version` is older than the known one. */
  isEarlier(key: string, version: number): boolean {
    const value = this.packed.get(key);
    return value !== undefined && version < versionOf(value);
  }

  /** Whether the key is known and not deleted. */
  isHeld(key: string): boolean {
    const value = this.packed.get(key);
    return value !== undefined && !isDeleted(value);
  }

  isSeen(key: string): boolean {
    const value = this.packed.get(key);
    return value !== undefined && value % 2 === this.mark;
  }

  /** Stores a version. A key that was seen in this epoch stays seen. */
  set(key: string, version: number, { deleted, seen }: { deleted: boolean; seen: boolean }): void {
    const before = this.packed.get(key);
    const isSeen = seen || (before !== undefined && before % 2 === this.mark);
    this.countUnseen(before, -1);
    const value = (version + 1) * 4 + (deleted ? 2 : 0) + (isSeen ? this.mark : 1 - this.mark);
    this.packed.set(key, value);
    this.countUnseen(value, 1);
  }

  /** Marks a known key as seen in the current epoch. */
  see(key: string): void {
    const value = this.packed.get(key);
    if (value === undefined || value % 2 === this.mark) return;
    this.packed.set(key, value - (value % 2) + this.mark);
    this.unseen -= 1;
  }

  delete(key: string): void {
    this.countUnseen(this.packed.get(key), -1);
    this.packed.delete(key);
  }

  clear(): void {
    this.packed.clear();
    this.unseen = 0;
  }

  /** Begins an epoch: no key has been seen. */
  beginEpoch(): void {
    // Keys that are unseen already have the other mark, which must not become the mark of a seen key.
    if (this.unseen === 0) this.mark = 1 - this.mark;
    else for (const [key, value] of this.packed) this.packed.set(key, value - (value % 2) + 1 - this.mark);
    this.unseen = this.packed.size;
  }

  /** Forgets the versions, and keeps the keys. */
  forgetVersions(): void {
    for (const [key, value] of this.packed) this.packed.set(key, value % 4);
  }

  /** Keys that were not seen in the current epoch. `deleted`: only deleted keys, or only the others. */
  *unseenKeys({ deleted }: { deleted: boolean }): Generator<string> {
    if (this.unseen === 0) return;
    for (const [key, value] of this.packed) {
      if (value % 2 !== this.mark && isDeleted(value) === deleted) yield key;
    }
  }

  private countUnseen(value: number | undefined, by: number): void {
    if (value !== undefined && value % 2 !== this.mark) this.unseen += by;
  }
}

function versionOf(value: number): number {
  return Math.floor(value / 4) - 1;
}

function isDeleted(value: number): boolean {
  return value % 4 >= 2;
}
