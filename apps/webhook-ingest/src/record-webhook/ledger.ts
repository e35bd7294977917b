import { isDatabaseUnavailable, isQueryCanceled, isTransactionConflict } from '@gatehouse/persistence';
import { type Logger } from 'pino';
import { LedgerUnavailableError } from '../errors';
import { type Delivery, type Recorded } from './delivery';

/** Records deliveries of different ids in one transaction. */
export type InsertGroup = (deliveries: readonly Delivery[]) => Promise<Map<string, Recorded>>;

/** What the ledger holds in memory at most, and how it groups. Bytes, milliseconds. */
export interface LedgerLimits {
  readonly queueRows: number;
  readonly queueBytes: number;
  readonly groupRows: number;
  readonly groupBytes: number;
  /** Groups on their way to the database at the same time; more than one only while it does not keep up. */
  readonly writers: number;
  /** So many rows are worth a group beside another: a group in itself costs what some 25 rows do. */
  readonly besideRows: number;
  /** Or when one has waited so long: the other group may be stuck. */
  readonly besideAfterMs: number;
  readonly maxWaitMs: number;
}

/** A full queue, twice the wait and a statement time-out together stay below the 15 s that Clerk waits. */
export const ledgerLimits: LedgerLimits = {
  queueRows: 2_000,
  queueBytes: 64 * 1024 * 1024,
  groupRows: 256,
  groupBytes: 8 * 1024 * 1024,
  writers: 2,
  besideRows: 64,
  besideAfterMs: 100,
  maxWaitMs: 4_000,
};

interface Waiting {
  readonly delivery: Delivery;
  readonly since: number;
  readonly resolve: (recorded: Recorded) => void;
  readonly reject: (error: LedgerUnavailableError) => void;
}

const DUPLICATE: Recorded = { result: 'duplicate' };
const CONFLICT_ATTEMPTS = 3;
const IDLE_POLL_MS = 10;

/**
 * Group commit: requests that arrive while a group is being written share the next one, so that many deliveries cost one
 * transaction and one flush of the disk. A delivery is recorded when its promise resolves, and not before.
 */
export class Ledger {
  private waiting: Waiting[] = [];
  private rows = 0;
  private bytes = 0;
  private waitingBytes = 0;
  private writing = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly insert: InsertGroup,
    private readonly log: Logger,
    private readonly observeGroup: (rows: number) => void,
    private readonly limits: LedgerLimits = ledgerLimits,
  ) {}

  /** Resolves after the commit. Rejects with LedgerUnavailableError when nothing was recorded. */
  record(delivery: Delivery): Promise<Recorded> {
    const { length } = delivery.body;
    if (this.rows >= this.limits.queueRows || this.bytes + length > this.limits.queueBytes) {
      return Promise.reject(new LedgerUnavailableError('too many deliveries wait to be recorded'));
    }
    this.rows += 1;
    this.bytes += length;
    this.waitingBytes += length;
    const recorded = new Promise<Recorded>((resolve, reject) => {
      this.waiting.push({ delivery, since: performance.now(), resolve, reject });
    }).finally(() => {
      this.rows -= 1;
      this.bytes -= length;
    });
    this.writeIfDue();
    return recorded;
  }

  /** Resolves when everything that was waiting has had its answer. */
  async idle(): Promise<void> {
    while (this.rows > 0) await new Promise((resolve) => setTimeout(resolve, IDLE_POLL_MS));
  }

  private writeIfDue(): void {
    if (this.isDue(this.writing)) void this.write();
    else if (this.writing < this.limits.writers) {
      // The group that is being written keeps the process alive; this must not outlast it.
      this.timer ??= setTimeout(() => this.lookAgain(), this.limits.besideAfterMs).unref();
    }
  }

  private lookAgain(): void {
    this.timer = undefined;
    if (this.waiting.length > 0) this.writeIfDue();
  }

  private async write(): Promise<void> {
    this.writing += 1;
    // What arrives in this turn of the event loop belongs to the same group.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.isDue(this.writing - 1)) {
      const group = this.nextGroup();
      if (group.length === 0) continue;
      this.observeGroup(group.length);
      await this.writeGroup(group);
    }
    this.writing -= 1;
    if (this.waiting.length > 0) this.writeIfDue();
  }

  /** Whether what waits is to be written now, while so many other groups are. */
  private isDue(others: number): boolean {
    const { writers, besideRows, besideAfterMs, groupBytes } = this.limits;
    const [oldest] = this.waiting;
    if (oldest === undefined || others >= writers) return false;
    if (others === 0 || this.waiting.length >= besideRows || this.waitingBytes >= groupBytes) return true;
    return performance.now() - oldest.since >= besideAfterMs;
  }

  private nextGroup(): Waiting[] {
    const oldest = performance.now() - this.limits.maxWaitMs;
    let bytes = 0;
    let end = 0;
    while (end < this.waiting.length && end < this.limits.groupRows) {
      bytes += this.waiting[end]?.delivery.body.length ?? 0;
      if (end > 0 && bytes > this.limits.groupBytes) break;
      end += 1;
    }
    const group = this.waiting.splice(0, end);
    for (const { delivery } of group) this.waitingBytes -= delivery.body.length;
    const late = group.filter(({ since }) => since < oldest);
    for (const { reject } of late) reject(new LedgerUnavailableError('the database is too slow'));
    const inTime = group.filter(({ since }) => since >= oldest);
    return inTime.length === 0 && this.waiting.length > 0 ? this.nextGroup() : inTime;
  }

  /** Never throws: each of the group gets an answer. */
  private async writeGroup(group: readonly Waiting[]): Promise<void> {
    // An id that came twice at once is recorded once; the second one shares the fate of the first.
    const byId = groupById(group);
    const firsts = [...byId.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
    const settle = (first: Waiting, act: (one: Waiting, isFirst: boolean) => void): void => {
      for (const one of byId.get(first.delivery.webhookId) ?? []) act(one, one === first);
    };
    const succeed = (first: Waiting, recorded: Map<string, Recorded>): void =>
      settle(first, (one, isFirst) =>
        one.resolve(isFirst ? (recorded.get(one.delivery.webhookId) ?? DUPLICATE) : DUPLICATE),
      );
    const fail = (first: Waiting, error: unknown): void => {
      const refusal = new LedgerUnavailableError('the database did not take the delivery', { cause: error });
      settle(first, (one) => one.reject(refusal));
    };

    try {
      const recorded = await this.insertWithRetry(firsts);
      for (const first of firsts) succeed(first, recorded);
      return;
    } catch (error) {
      this.log.error({ err: error, rows: firsts.length }, 'a group of deliveries could not be recorded');
      // One odd row fails the group; an outage would fail each row in turn, and take as long for each.
      if (firsts.length === 1 || isDatabaseUnavailable(error) || isQueryCanceled(error)) {
        for (const first of firsts) fail(first, error);
        return;
      }
    }
    for (const [index, first] of firsts.entries()) {
      try {
        succeed(first, await this.insertWithRetry([first]));
      } catch (error) {
        if (isDatabaseUnavailable(error) || isQueryCanceled(error)) {
          for (const rest of firsts.slice(index)) fail(rest, error);
          return;
        }
        fail(first, error);
      }
    }
  }

  private async insertWithRetry(some: readonly Waiting[]): Promise<Map<string, Recorded>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.insert(some.map(({ delivery }) => delivery));
      } catch (error) {
        if (attempt === CONFLICT_ATTEMPTS || !isTransactionConflict(error)) throw error;
      }
    }
  }
}

function groupById(group: readonly Waiting[]): Map<string, Waiting[]> {
  const byId = new Map<string, Waiting[]>();
  for (const one of group) {
    const same = byId.get(one.delivery.webhookId);
    if (same === undefined) byId.set(one.delivery.webhookId, [one]);
    else same.push(one);
  }
  return byId;
}
