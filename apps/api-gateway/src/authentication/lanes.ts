import { RequestRefusedError } from '@gatehouse/messaging';

interface Lane {
  running: number;
  readonly waiting: Set<() => void>;
}

/** More do not wait, over all lanes: a slow service must not fill the memory. */
const MAX_WAITING = 1_000;

/** As long as a service may take to answer: whoever has waited so long would only be told the same later. */
const MAX_WAIT_MS = 5_000;

/** Lets few run at once in each lane; those who come later wait for their turn, at most five seconds. */
export class Lanes {
  private readonly lanes = new Map<string, Lane>();
  private waiting = 0;

  constructor(
    private readonly width: number,
    private readonly maxWaitMs = MAX_WAIT_MS,
  ) {}

  /** What the work gives. Throws RequestRefusedError when too many wait, or for too long. */
  async run<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const lane = this.lanes.get(name) ?? { running: 0, waiting: new Set() };
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
    let timer: NodeJS.Timeout | undefined;
    try {
      await new Promise<void>((resolve, reject) => {
        lane.waiting.add(resolve);
        timer = setTimeout(() => {
          lane.waiting.delete(resolve);
          reject(new RequestRefusedError('unavailable', 'too many callers wait'));
        }, this.maxWaitMs);
      });
    } finally {
      clearTimeout(timer);
      this.waiting -= 1;
    }
  }

  /** Whoever waits next takes the place. */
  private leave(name: string, lane: Lane): void {
    const [next] = lane.waiting;
    if (next !== undefined) {
      lane.waiting.delete(next);
      return next();
    }
    lane.running -= 1;
    if (lane.running === 0) this.lanes.delete(name);
  }
}
