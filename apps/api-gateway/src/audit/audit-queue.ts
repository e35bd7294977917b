/**
 * States of an audit entry:
 * - waiting: the entry is in `waiting`. An entry that cannot be sent at once is logged once, in case the process is
 *   killed.
 * - in flight: the entry is in `inFlight`. A request to user-sync is running.
 * - written: user-sync accepted the entry. Final.
 * - lost: dropped for a `LossReason`, logged and counted. Final, even if a response arrives later.
 *
 * Transitions:
 * - `add`: new → waiting, or new → lost (`full`)
 * - the turn of an entry comes: waiting → in flight, or waiting → lost (`expired`) if the entry is older than a day
 * - `write`: new → in flight, without waiting for a turn
 * - the request succeeds: in flight → written
 * - the request fails: in flight → waiting, or in flight → lost (`refused`, `full` or `ended`)
 * - `end`: waiting → in flight, for one last attempt. Entries that are not written within 2 s → lost (`ended`)
 *
 * After a failed request, entries are sent one at a time, each after a pause. The pause is 1 s at first, doubles after
 * each failure, and is at most 30 s. The first success restores the full concurrency.
 */
import { type AuditAction, type RequestOf, maxAuditAgeMs, recordAudit } from '@gatehouse/contracts';
import { RequestClient, type RequestContext, RequestRefusedError } from '@gatehouse/messaging';
import { LOGGER } from '@gatehouse/observability';
import { Inject, Injectable, Optional } from '@nestjs/common';
import { type Logger } from 'pino';
import { GatewayMetrics } from '../metrics/gateway-metrics';
import { type MonotonicClock, steadyClock } from '../trust/steady-clock';

/**
 * Content of an audit entry. Lacks the principal, request id and origin, because user-sync takes these from the
 * envelope.
 */
export type Entry = Omit<RequestOf<typeof recordAudit>, 'ageMs' | 'action'> & { readonly action: AuditAction };

/**
 * Why an entry was lost. `full`: too many entries were waiting or in flight. `refused`: user-sync rejects the entry as
 * invalid. `expired`: the entry was older than a day. `ended`: the process ended before user-sync accepted the entry.
 */
export type LossReason = 'full' | 'refused' | 'expired' | 'ended';

interface QueuedEntry {
  readonly entry: Entry;
  readonly context: RequestContext;
  readonly seenAt: number;
  logged?: boolean;
  lost?: boolean;
}

/** Maximum entries that wait or are in flight; each has a few KiB. */
const MAX_ENTRIES = 1_000;
const MAX_IN_FLIGHT = 100;
const PAUSE_MS = { first: 1_000, most: 30_000 };
/** Maximum time that shutdown waits for user-sync. */
const END_TIMEOUT_MS = 2_000;

/**
 * Sends audit entries to user-sync, and keeps them in memory while user-sync is unavailable: at most 1 000, for at most a
 * day. An entry whose response is lost may be written twice.
 */
@Injectable()
export class AuditQueue {
  private readonly waiting: QueuedEntry[] = [];
  private readonly inFlight = new Map<QueuedEntry, Promise<void>>();
  private maxInFlight = MAX_IN_FLIGHT;
  private pauseMs = PAUSE_MS.first;
  private timer: NodeJS.Timeout | undefined;
  private ended = false;

  constructor(
    private readonly services: RequestClient,
    @Inject(LOGGER) private readonly log: Logger,
    private readonly metrics: GatewayMetrics,
    @Optional() private readonly now: MonotonicClock = steadyClock(),
  ) {}

  /** Queues an entry and returns at once. */
  add(entry: Entry, context: RequestContext): void {
    const item = this.queued(entry, context);
    if (this.waiting.length + this.inFlight.size >= MAX_ENTRIES) return this.lose(item, 'full');
    this.waiting.push(item);
    this.pump();
    if (this.waiting.at(-1) === item) this.logWaiting(item, 'earlier entries wait');
  }

  /** Sends an entry now; queues it if that fails. Never rejects, because the audited action has happened already. */
  write(entry: Entry, context: RequestContext): Promise<void> {
    return this.deliver(this.queued(entry, context));
  }

  /** Sends every waiting entry once more. Entries that are added later get one attempt. */
  async end(): Promise<void> {
    this.ended = true;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.maxInFlight = MAX_IN_FLIGHT;
    for (const item of this.waiting.splice(0)) void this.deliver(item);
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise((resolve) => (timer = setTimeout(resolve, END_TIMEOUT_MS)));
    await Promise.race([Promise.all(this.inFlight.values()), timeout]);
    clearTimeout(timer);
    for (const item of [...this.inFlight.keys(), ...this.waiting.splice(0)]) this.lose(item, 'ended');
  }

  /** Copies only what the envelope needs from the context, so that no credential is kept in memory. */
  private queued(entry: Entry, { principal, requestId, origin }: RequestContext): QueuedEntry {
    return { entry, context: { principal, requestId, origin }, seenAt: this.now() };
  }

  private pump(): void {
    while (this.timer === undefined && this.inFlight.size < this.maxInFlight) {
      const next = this.waiting.shift();
      if (next === undefined) break;
      void this.deliver(next).then(() => this.pump());
    }
    this.metrics.auditWaiting.set(this.waiting.length);
  }

  private async deliver(item: QueuedEntry): Promise<void> {
    const sending = this.send(item);
    this.inFlight.set(item, sending);
    await sending;
    // A failed entry may be in flight again by now; that later attempt must stay in `inFlight`.
    if (this.inFlight.get(item) === sending) this.inFlight.delete(item);
  }

  private async send(item: QueuedEntry): Promise<void> {
    const ageMs = Math.round(this.now() - item.seenAt);
    if (ageMs > maxAuditAgeMs) return this.lose(item, 'expired');
    try {
      await this.services.send(recordAudit, { ...item.entry, ageMs }, item.context);
      this.maxInFlight = MAX_IN_FLIGHT;
      this.pauseMs = PAUSE_MS.first;
    } catch (error) {
      this.inFlight.delete(item);
      if (item.lost !== true) this.failed(item, error);
    }
  }

  private failed(item: QueuedEntry, error: unknown): void {
    if (error instanceof RequestRefusedError && error.reason === 'invalid_request') return this.lose(item, 'refused');
    if (this.ended) return this.lose(item, 'ended');
    if (this.waiting.length + this.inFlight.size >= MAX_ENTRIES) return this.lose(item, 'full');
    this.pause();
    this.waiting.push(item);
    this.metrics.auditWaiting.set(this.waiting.length);
    this.logWaiting(item, String(error));
  }

  private pause(): void {
    this.maxInFlight = 1;
    if (this.timer !== undefined) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      this.pump();
    }, this.pauseMs).unref();
    this.pauseMs = Math.min(this.pauseMs * 2, PAUSE_MS.most);
  }

  /** Logs the content of an entry once: if the process is killed, the log is the only record of the entry. */
  private logWaiting(item: QueuedEntry, reason: string): void {
    if (item.logged === true) return;
    item.logged = true;
    this.log.warn({ ...fieldsOf(item), reason }, 'audit entry queued');
  }

  private lose(item: QueuedEntry, reason: LossReason): void {
    item.lost = true;
    this.metrics.auditLosses.inc({ reason });
    this.log.error({ ...fieldsOf(item), reason }, 'audit entry lost');
  }
}

function fieldsOf({ entry, context: { principal, requestId } }: QueuedEntry): Record<string, unknown> {
  return { entry, requestId, userId: principal?.userId ?? null };
}
