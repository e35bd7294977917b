import { RequestRefusedError } from '@gatehouse/messaging';

interface Turns {
  running: number;
  /** Transactions that have not begun, the oldest first. */
  readonly waiting: (() => void)[];
}

/** The gateway waits 5 s for a reply, so a transaction that begins later answers nobody; milliseconds. */
const PATIENCE_MS = 5_000;

/**
 * Transactions of one user that may wait: a quarter of the requests that user-data has in progress at most. Its changes
 * and its lists wait apart, so together they take half of these requests at most. Otherwise one user could make user-data
 * refuse the requests of all others.
 */
const MAX_WAITING = 250;

/**
 * Lets each user have a few transactions at a time. Those of one user wait for each other's locks, such as that of its
 * balance: in PostgreSQL each would hold a connection meanwhile, until none is left for other users.
 */
export class OwnerTurns {
  private readonly users = new Map<string, Turns>();

  /** @param most transactions of one user at a time, 1 or more */
  constructor(private readonly most: number) {}

  /**
   * Runs `work` when it is its turn.
   * @throws RequestRefusedError `unavailable` if it has waited for 5 s, and at once while 250 others of the user wait
   */
  async run<Result>(userId: string, work: () => Promise<Result>): Promise<Result> {
    const turns = this.users.get(userId) ?? { running: 0, waiting: [] };
    this.users.set(userId, turns);
    if (turns.running < this.most) turns.running += 1;
    else await this.wait(turns);
    try {
      return await work();
    } finally {
      this.pass(userId, turns);
    }
  }

  private wait({ waiting }: Turns): Promise<void> {
    if (waiting.length >= MAX_WAITING) {
      throw new RequestRefusedError('unavailable', 'too many requests of the same user are in progress');
    }
    return new Promise((resolve, reject) => {
      const begin = (): void => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        waiting.splice(waiting.indexOf(begin), 1);
        reject(new RequestRefusedError('unavailable', 'earlier requests of the same user take too long'));
      }, PATIENCE_MS);
      waiting.push(begin);
    });
  }

  /** Gives the turn to the oldest transaction that waits. */
  private pass(userId: string, turns: Turns): void {
    const next = turns.waiting.shift();
    if (next !== undefined) return next();
    turns.running -= 1;
    if (turns.running === 0) this.users.delete(userId);
  }
}
