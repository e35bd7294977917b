/** Runs work for items, at most a number at the same time. An item that waits is not added twice. */
export class BoundedWork<Item> {
  private readonly waiting = new Set<Item>();
  private readonly running = new Set<Item>();

  /** @param work must not reject */
  constructor(
    private readonly limit: number,
    private readonly work: (item: Item) => Promise<void>,
  ) {}

  /** Whether work for the item waits or runs. */
  has(item: Item): boolean {
    return this.waiting.has(item) || this.running.has(item);
  }

  /** Runs the work for an item, again if it is running now. */
  add(item: Item): void {
    this.waiting.add(item);
    this.pump();
  }

  private pump(): void {
    for (const item of this.waiting) {
      if (this.running.size >= this.limit) return;
      if (this.running.has(item)) continue;
      this.waiting.delete(item);
      this.running.add(item);
      void this.work(item).finally(() => {
        this.running.delete(item);
        this.pump();
      });
    }
  }
}
