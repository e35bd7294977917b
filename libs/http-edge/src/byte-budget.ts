import { Tally } from './tally';

/** Limit on the bytes of all request bodies that are in memory. Several edges can share one. */
export class ByteBudget {
  private held = 0;
  private readonly ofHolder = new Tally();

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
      if (ofHolder.of(holder) + bytes > share && held + bytes > limit / 2) return false;
      ofHolder.add(holder, bytes);
    }
    this.held += bytes;
    return true;
  }

  /** Gives back bytes that were taken for the same holder. */
  giveBack(bytes: number, holder?: string): void {
    this.held -= bytes;
    if (holder !== undefined) this.ofHolder.add(holder, -bytes);
  }
}
