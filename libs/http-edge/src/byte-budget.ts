/** Limit on the bytes of all request bodies that are in memory. Several edges can share one. */
export class ByteBudget {
  private held = 0;
  private readonly ofHolder = new Map<string, number>();

  /**
   * @param limit maximum number of bytes that can be taken at the same time
   * @param share maximum number of bytes of one holder while more than half of the limit is taken
   */
  constructor(
    private readonly limit: number,
    private readonly share = limit / 8,
  ) {}

  /** Bytes that are taken now. */
  get bytes(): number {
    return this.held;
  }

  /**
   * Takes bytes; returns false, and takes nothing, when they would exceed the limit, or the share of their holder.
   * @param holder whose bytes are counted together; without one, only the limit counts
   */
  take(bytes: number, holder?: string): boolean {
    const { held, limit, share, ofHolder } = this;
    if (held + bytes > limit) return false;
    if (holder !== undefined) {
      const theirs = (ofHolder.get(holder) ?? 0) + bytes;
      if (theirs > share && held + bytes > limit / 2) return false;
      ofHolder.set(holder, theirs);
    }
    this.held += bytes;
    return true;
  }

  /** Gives back bytes that were taken for the same holder. */
  giveBack(bytes: number, holder?: string): void {
    this.held -= bytes;
    if (holder === undefined) return;
    const left = (this.ofHolder.get(holder) ?? 0) - bytes;
    if (left > 0) this.ofHolder.set(holder, left);
    else this.ofHolder.delete(holder);
  }
}
