import { type AuditAction, type RequestOf, maxAuditAgeMs, recordAudit } from '@gatehouse/contracts';
import { type RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { type Logger } from 'pino';
import { type MonotonicClock, steadyClock } from '../follow-changes/steady-clock';

/** What an entry tells, besides what the envelope says. */
export type Entry = Omit<RequestOf<typeof recordAudit>, 'ageMs' | 'action'> & { readonly action: AuditAction };

/** Why an entry was lost. `ended`: this process ended while nobody took it. */
export type LossReason = 'full' | 'refused' | 'expired' | 'ended';

interface Waiting {
  readonly entry: Entry;
  readonly context: RequestContext;
  readonly seenAt: number;
  logged?: boolean;
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
  private inFlight = 0;
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
    if (this.waiting.length + this.inFlight >= MAX_WAITING) return this.lose(item, 'full');
    this.hold(item, 'others wait');
    this.pump();
  }

  /** Has an entry written now; when nobody takes it, it waits. Never throws: what it tells of has happened. */
  write(entry: Entry, context: RequestContext): Promise<void> {
    return this.deliver(this.itemOf(entry, context));
  }

  /** Offers whatever waits once more. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    const last = new Set(this.waiting.splice(0));
    const offered = Promise.all([...last].map((item) => this.deliver(item).then(() => last.delete(item))));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise((resolve) => (timer = setTimeout(resolve, ENDING_MS)));
    await Promise.race([offered, late]);
    clearTimeout(timer);
    for (const item of last) this.lose(item, 'ended');
  }

  /** Of a caller's context only what the envelope needs: its credential is not held. */
  private itemOf(entry: Entry, { principal, requestId, origin }: RequestContext): Waiting {
    return { entry, context: { principal, requestId, origin }, seenAt: this.now() };
  }

  private pump(): void {
    while (this.timer === undefined && this.inFlight < this.atOnce) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      void this.deliver(next).then(() => this.pump());
    }
    this.report.onWaiting?.(this.waiting.length);
  }

  private async deliver(item: Waiting): Promise<void> {
    const ageMs = Math.round(this.now() - item.seenAt);
    if (ageMs > maxAuditAgeMs) return this.lose(item, 'expired');
    this.inFlight += 1;
    try {
      await this.services.send(recordAudit, { ...item.entry, ageMs }, item.context);
      this.atOnce = MAX_AT_ONCE;
      this.pauseMs = PAUSE_MS.first;
    } catch (error) {
      this.failed(item, error);
    } finally {
      this.inFlight -= 1;
    }
  }

  private failed(item: Waiting, error: unknown): void {
    if (error instanceof RequestRefusedError && error.reason === 'invalid_request') return this.lose(item, 'refused');
    if (this.ended) return this.lose(item, 'ended');
    if (this.waiting.length >= MAX_WAITING) return this.lose(item, 'full');
    this.pause();
    this.hold(item, String(error));
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
  private hold(item: Waiting, reason: string): void {
    this.waiting.push(item);
    this.report.onWaiting?.(this.waiting.length);
    if (this.timer === undefined || item.logged === true) return;
    item.logged = true;
    this.log.warn({ ...told(item), reason }, 'an audit entry waits');
  }

  private lose(item: Waiting, reason: LossReason): void {
    this.report.onLoss?.(reason);
    this.log.error({ ...told(item), reason }, 'an audit entry is lost');
  }
}

function told({ entry, context: { principal, requestId } }: Waiting): Record<string, unknown> {
  return { entry, requestId, userId: principal?.userId ?? null };
}
