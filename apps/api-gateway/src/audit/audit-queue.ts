import { type AuditAction, type RequestOf, maxAuditAgeMs, recordAudit } from '@gatehouse/contracts';
import { type RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { type MonotonicClock, steadyClock } from '../trust/steady-clock';

/** What an entry tells, besides what the envelope says. */
export type Entry = Omit<RequestOf<typeof recordAudit>, 'ageMs' | 'action'> & { readonly action: AuditAction };

/** Why an entry was lost. `ended`: this process ended while nobody took it. */
export type LossReason = 'full' | 'refused' | 'expired' | 'ended';

interface Waiting {
  readonly entry: Entry;
  readonly context: RequestContext;
  readonly seenAt: number;
  logged?: boolean;
  /** Told as lost, though its answer may still come. */
  lost?: boolean;
}

/** Each is some KiB at most. */
const MAX_WAITING = 1_000;
const MAX_AT_ONCE = 100;
const PAUSE_MS = { first: 1_000, most: 30_000 };
/** What the end of the process may wait for user-sync. */
const ENDING_MS = 2_000;

/**
 * Brings entries of the audit log to user-sync, and holds them in memory while that does not take them: at most 1 000, for
 * at most a day. One that waits is logged, and so is one that is lost. One whose answer got lost may be written twice.
 */
export class AuditQueue {
  private readonly waiting: Waiting[] = [];
  private readonly inFlight = new Map<Waiting, Promise<void>>();
  /** One, as a probe, after a failure. */
  private atOnce = MAX_AT_ONCE;
  private pauseMs = PAUSE_MS.first;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly services: Pick<RequestClient, 'send'>,
    private readonly log: Logger,
    private readonly report: { onWaiting?: (count: number) => void; onLoss?: (reason: LossReason) => void } = {},
    private readonly now: MonotonicClock = steadyClock(),
  ) {}

  /** Has an entry written as soon as may be; nobody waits for it. */
  add(entry: Entry, context: RequestContext): void {
    const item = this.itemOf(entry, context);
    if (this.waiting.length + this.inFlight.size >= MAX_WAITING) return this.lose(item, 'full');
    this.waiting.push(item);
    this.pump();
    if (this.waiting.at(-1) === item) this.tell(item, 'others wait');
  }

  /** Has an entry written now; when nobody takes it, it waits. Never throws: what it tells of has happened. */
  write(entry: Entry, context: RequestContext): Promise<void> {
    return this.deliver(this.itemOf(entry, context));
  }

  /** Offers whatever waits once more; what comes after that has one try. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.atOnce = MAX_AT_ONCE;
    for (const item of this.waiting.splice(0)) void this.deliver(item);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, ENDING_MS)));
    await Promise.race([Promise.all(this.inFlight.values()), late]);
    clearTimeout(timer);
    for (const item of [...this.inFlight.keys(), ...this.waiting.splice(0)]) this.lose(item, 'ended');
  }

  /** Of a caller's context only what the envelope needs: its credential is not held. */
  private itemOf(entry: Entry, { principal, requestId, origin }: RequestContext): Waiting {
    return { entry, context: { principal, requestId, origin }, seenAt: this.now() };
  }

  private pump(): void {
    while (this.timer === undefined && this.inFlight.size < this.atOnce) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      void this.deliver(next).then(() => this.pump());
    }
    this.report.onWaiting?.(this.waiting.length);
  }

  private async deliver(item: Waiting): Promise<void> {
    const offer = this.offer(item);
    this.inFlight.set(item, offer);
    await offer;
    // It may be under way once more.
    if (this.inFlight.get(item) === offer) this.inFlight.delete(item);
  }

  private async offer(item: Waiting): Promise<void> {
    const ageMs = Math.round(this.now() - item.seenAt);
    if (ageMs > maxAuditAgeMs) return this.lose(item, 'expired');
    try {
      await this.services.send(recordAudit, { ...item.entry, ageMs }, item.context);
      this.atOnce = MAX_AT_ONCE;
      this.pauseMs = PAUSE_MS.first;
    } catch (error) {
      this.inFlight.delete(item);
      if (item.lost !== true) this.failed(item, error);
    }
  }

  private failed(item: Waiting, error: unknown): void {
    if (error instanceof RequestRefusedError && error.reason === 'invalid_request') return this.lose(item, 'refused');
    if (this.ended) return this.lose(item, 'ended');
    if (this.waiting.length + this.inFlight.size >= MAX_WAITING) return this.lose(item, 'full');
    this.pause();
    this.waiting.push(item);
    this.report.onWaiting?.(this.waiting.length);
    this.tell(item, String(error));
  }

  private pause(): void {
    this.atOnce = 1;
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.pump();
    }, this.pauseMs).unref();
    this.pauseMs = Math.min(this.pauseMs * 2, PAUSE_MS.most);
  }

  /** The log is what is left of it should this process be killed. */
  private tell(item: Waiting, reason: string): void {
    if (item.logged === true) return;
    item.logged = true;
    this.log.warn({ ...told(item), reason }, 'an audit entry waits');
  }

  private lose(item: Waiting, reason: LossReason): void {
    item.lost = true;
    this.report.onLoss?.(reason);
    this.log.error({ ...told(item), reason }, 'an audit entry is lost');
  }
}

function told({ entry, context: { principal, requestId } }: Waiting): Record<string, unknown> {
  return { entry, requestId, userId: principal?.userId ?? null };
}
