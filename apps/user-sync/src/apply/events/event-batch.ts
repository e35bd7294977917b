import { type Outcome } from '@gatehouse/contracts';
import { SharedOutageError, type BatchControl } from '@gatehouse/messaging';
import { LOGGER, failpoint } from '@gatehouse/observability';
import { runStatements } from '@gatehouse/persistence';
import { Inject, Injectable } from '@nestjs/common';
import { type Logger } from 'pino';
import { DataSource } from 'typeorm';
import { mapBounded } from '../../concurrency/slots';
import { type UserSyncConfig } from '../../config';
import { guardDatabase } from '../../database/guard-database';
import {
  ClerkUnavailableError,
  ClerkRequestError,
  PoisonEventError,
  UserMissingAtClerkError,
  isOwnError,
} from '../../errors';
import { CONFIG } from '../../tokens';
import { findApplied } from '../batch/applied-events';
import { type Observation, type Settled, type Unsettled } from '../observation/observation';
import { ObservationApplier } from '../batch/observation-applier';
import { EventMetrics } from './event-metrics';
import { decided, failed } from './outcome-of';
import { OutcomeReporter, type Report } from './outcome-reporter';
import { type EventRead } from './read-event';
import { ClerkSettlement } from '../settle/settle-with-clerk';

type ObservationRead = Extract<EventRead, { kind: 'observation' }>;

/** Maximum events that are settled with Clerk concurrently. */
const MAX_SETTLEMENTS = 10;

/**
 * Applies a batch of events in one transaction and reports the outcome of each. Events that need an answer from Clerk are
 * left out of the transaction, and settled after the outcomes of the others were reported.
 */
@Injectable()
export class EventBatch {
  constructor(
    @Inject(CONFIG) private readonly config: UserSyncConfig,
    private readonly dataSource: DataSource,
    private readonly applier: ObservationApplier,
    private readonly clerk: ClerkSettlement,
    private readonly reporter: OutcomeReporter,
    private readonly metrics: EventMetrics,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  /**
   * Applies and reports a batch. If one of several events cannot be written, writes nothing and throws the error. After
   * this error the consumer passes the events one by one. If the only event of a batch cannot be written, reports the
   * event as failed.
   *
   * After the commit, calls `control.startNext`: the consumer then handles the next batch while NATS stores the
   * outcomes. If storing them fails, the consumer passes the same events again. Each event that was applied then gets
   * the same decision.
   * @throws DatabaseRefusedError when one of several events cannot be written
   * @throws SharedOutageError while the database or NATS is unavailable
   */
  async handle(events: readonly EventRead[], control?: BatchControl): Promise<void> {
    if (events.length === 0) return;
    const [poisoned, sound] = split(events, ({ deliveries }) => deliveries > this.config.retryMax + 1);
    const [observations, others] = split(sound, (event): event is ObservationRead => event.kind === 'observation');
    failpoint('before-apply', () => sound.map(({ metadata }) => metadata.webhookId));
    const { reports, open } = await this.metrics.timed(events.length, () => this.applyAll(observations));
    failpoint('after-apply');
    control?.startNext();
    await this.reporter.report([...reports, ...others.map((event) => this.answerAsIs(event))]);
    failpoint('after-report');
    for (const event of poisoned) await this.reporter.report([await this.giveUp(event)]);
    await this.settleAll(open);
  }

  private async applyAll(events: readonly ObservationRead[]) {
    const reports: Report[] = [];
    const open: { event: ObservationRead; needs: Unsettled['needs'] }[] = [];
    try {
      const results = await this.applier.apply(events.map(({ observation }) => observation));
      events.forEach((event, index) => {
        const result = results[index];
        if (result?.settled === true) reports.push(this.succeed(event, result));
        else open.push({ event, needs: result?.needs ?? 'fetch' });
      });
    } catch (error) {
      const [only, ...more] = events;
      if (error instanceof SharedOutageError || only === undefined || more.length > 0) throw error;
      reports.push(this.fail(only, only.observation.clerkUserId, error));
    }
    return { reports, open };
  }

  /** Settles each event and reports it at once. An outage is thrown after all other events were settled. */
  private async settleAll(open: readonly { event: ObservationRead; needs: Unsettled['needs'] }[]): Promise<void> {
    const outages: SharedOutageError[] = [];
    await mapBounded(open, MAX_SETTLEMENTS, async ({ event, needs }) => {
      try {
        await this.reporter.report([await this.settle(event, needs)]);
      } catch (error) {
        if (!(error instanceof SharedOutageError)) throw error;
        outages.push(error);
      }
    });
    if (outages[0] !== undefined) throw outages[0];
  }

  private async settle(event: ObservationRead, needs: Unsettled['needs']): Promise<Report> {
    try {
      return this.succeed(event, await this.clerk.settle(event.observation, needs));
    } catch (error) {
      if (error instanceof SharedOutageError) throw error;
      if (needs === 'confirm' && error instanceof UserMissingAtClerkError) return this.leaveUnconfirmed(event);
      return this.fail(event, event.observation.clerkUserId, needs === 'confirm' ? asOutage(error) : error);
    }
  }

  /**
   * Reports the event as ignored, because Clerk does not know its user. If the user exists after all, the next event,
   * first login or reconcile run creates it.
   */
  private leaveUnconfirmed(event: ObservationRead): Report {
    const about = { clerkUserId: event.observation.clerkUserId, userId: null };
    const reason = 'Clerk does not know the user that the event would create';
    return this.close(event, decided('ignored', event.metadata, about, { decision: 'unconfirmed', reason }), false);
  }

  /**
   * Reports a message that was delivered more than `RETRY_MAX` + 1 times. Does not apply it, because the message may be
   * what crashes this process.
   */
  private async giveUp(event: EventRead): Promise<Report> {
    const { webhookId } = event.metadata;
    const [applied] = await guardDatabase(() => runStatements(this.dataSource.manager, [findApplied([webhookId])]));
    const before = applied.get(webhookId);
    if (before !== undefined && event.kind === 'observation') return this.succeed(event, before);
    return this.fail(event, clerkUserIdOf(event), new PoisonEventError(event.deliveries));
  }

  private answerAsIs(event: Exclude<EventRead, ObservationRead>): Report {
    if (event.kind === 'unreadable') return this.fail(event, null, event.error);
    return this.close(event, decided('ignored', event.metadata, { clerkUserId: null, userId: null }, event), false);
  }

  private succeed(event: ObservationRead, result: Settled): Report {
    const about = { clerkUserId: event.observation.clerkUserId, userId: result.userId };
    return this.close(event, decided('success', event.metadata, about, result), result.repeated);
  }

  private fail(event: EventRead, clerkUserId: string | null, error: unknown): Report {
    if (!isOwnError(error)) {
      // Log where the error happened, but not its message: the message of an unknown error may hold personal data.
      const { name, stack = '' } = error instanceof Error ? error : { name: typeof error };
      this.log.error({ name, at: stack.match(/^ +at .*$/gm)?.slice(0, 10) }, 'unexpected error');
    }
    return this.close(event, failed(event.metadata, clerkUserId, error), false);
  }

  private close({ metadata }: EventRead, outcome: Outcome, repeated: boolean): Report {
    this.metrics.settled(metadata, outcome, repeated);
    const { webhookId, eventType, attempt, correlationId } = metadata;
    const about = { correlationId, webhookId, eventType, attempt, clerkUserId: outcome.clerkUserId };
    if (outcome.status === 'failed') this.log.warn({ ...about, failure: outcome.error }, 'event failed');
    else this.log.info({ ...about, decision: outcome.decision, repeated }, `event ${outcome.status}`);
    return { metadata, outcome };
  }
}

/**
 * Treats a rejected secret key as an outage, because the rejection says nothing about the user. The event is retried
 * until the key is correct.
 */
function asOutage(error: unknown): unknown {
  if (!(error instanceof ClerkRequestError) || ![401, 403].includes(error.answer.status ?? 0)) return error;
  return new ClerkUnavailableError(error.kind, error.answer, 'Clerk rejects our secret key', { cause: error });
}

function clerkUserIdOf(event: EventRead): Observation['clerkUserId'] | null {
  return event.kind === 'observation' ? event.observation.clerkUserId : null;
}

function split<Item, Match extends Item>(
  items: readonly Item[],
  test: (item: Item) => item is Match,
): [Match[], Exclude<Item, Match>[]];
function split<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]];
function split<Item>(items: readonly Item[], test: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(test), items.filter((item) => !test(item))];
}
