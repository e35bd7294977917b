import { RequestRefusedError } from '@gatehouse/messaging';

interface Lane {
  running: number;
  readonly waiting: (() => void)[];
}

/** More do not wait, over all lanes: a slow service must not fill the memory. */
const MAX_WAITING = 1_000;

/** Lets few run at once in each lane; those who come later wait for their turn. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private waiting = 0;

  constructor(private readonly width: number) {}

  /** What the work gives. Throws RequestRefusedError when too many wait. */
  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const lane = this.lanes.get(name) ?? { running: 0, waiting: [] };
    this.lanes.set(name, lane);
    if (lane.running < this.width) lane.running += 1;
    else await this.turn(lane);
    try {
      return await work();
    } finally {
      this.leave(name, lane);
    }
  }

  private async turn(lane: Lane): Promise<void> {
    if (this.waiting >= MAX_WAITING) throw new RequestRefusedError('unavailable', 'too many callers at once');
    this.waiting += 1;
    await new Promise<void>((resolve) => lane.waiting.push(resolve));
    this.waiting -= 1;
  }

  /** Whoever waits next takes the place. */
  private leave(name: string, lane: Lane): void {
    const next = lane.waiting.shift();
    if (next !== undefined) return next();
    lane.running -= 1;
    if (lane.running === 0) this.lanes.delete(name);
  }
}
