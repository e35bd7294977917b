/** Limit on the bytes of all request bodies that are in memory. Several edges can share one. */
export class ByteBudget {
  private held = 0;

  /** @param limit maximum number of bytes that can be taken at the same time */
  constructor(private readonly limit: number) {}

  /** Bytes that are taken now. */
  get bytes(): number {
    return this.held;
  }

  /** Takes bytes; returns false, and takes nothing, when they would exceed the limit. */
  take(bytes: number): boolean {
    if (this.held + bytes > this.limit) return false;
    this.held += bytes;
    return true;
  }

  /** Gives back bytes that were taken. */
  giveBack(bytes: number): void {
    this.held -= bytes;
  }
}
