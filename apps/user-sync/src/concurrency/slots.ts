/** Runs at most `size` pieces of work at once; the others wait in order. */
export class Slots {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly size: number) {}

  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running === this.size) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running += 1;
    try {
      return await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running -= 1;
      else next();
    }
  }
}

/** Runs `work` for each item, at most `size` at once. Returns the results in the order of the items. */
export function mapBounded<Item, Result>(
  items: readonly Item[],
  size: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const slots = new Slots(size);
  return Promise.all(items.map((item) => slots.run(() => work(item))));
}
