import { type Outcome, latestTimeMs } from '@gatehouse/contracts';
import { type EventInput, type EventState, type RetrySchedule, retryDelayMs, transition } from '@gatehouse/lifecycle';
import { storableText } from '@gatehouse/persistence';
import { type DataSource, type EntityManager } from 'typeorm';

/** What an outcome did to the ledger; `correlationId` is the row's. */
export interface Applied {
  readonly outcome: Outcome;
  readonly effect: 'changed' | 'unchanged' | 'unknown';
  readonly correlationId: string;
}

interface Row {
  readonly id: string;
  readonly webhook_id: string;
  readonly status: EventState;
  readonly retry_count: number;
  readonly max_retries: number;
  readonly retry_scheduled: boolean;
  readonly publish_number: number;
  readonly correlation_id: string;
}

interface Change {
  readonly id: string;
  readonly status: EventState;
  readonly retryInMs: number | null;
  readonly errorMessage: string | null;
  readonly errorDetails: unknown;
  readonly processedData: unknown;
  readonly processedAt: Date;
  readonly clerkUserId: string | null;
}

/** Locked in the order of their id, as everywhere. */
const LOCK = `
  SELECT id, webhook_id, status, retry_count, max_retries, next_retry_at IS NOT NULL AS retry_scheduled, correlation_id,
         publish_number
    FROM webhook_events WHERE webhook_id = ANY ($1::text[]) ORDER BY id FOR UPDATE`;

const UPDATE = `
  UPDATE webhook_events AS event
     SET status = change.status, next_retry_at = now() + change.retry_in_ms * interval '1 millisecond',
         error_message = change.error_message, error_details = change.error_details,
         processed_data = coalesce(change.processed_data, event.processed_data),
         processed_at = least(change.processed_at, now()),
         clerk_user_id = coalesce(event.clerk_user_id, change.clerk_user_id),
         lease_until = NULL, updated_at = now()
    FROM unnest(
      $1::bigint[], $2::text[], $3::bigint[], $4::text[], $5::jsonb[], $6::jsonb[], $7::timestamptz[], $8::text[]
    ) AS change (
      id, status, retry_in_ms, error_message, error_details, processed_data, processed_at, clerk_user_id
    )
   WHERE event.id = change.id`;

const MAX_TEXT = 2_000;
const MAX_WORD = 200;

/**
 * Moves the ledger's rows by what user-sync reported, all in one transaction; what is old or known changes nothing. The
 * ledger alone decides when the next try is. `random` gives numbers in [0, 1).
 */
export function applyOutcomes(
  dataSource: DataSource,
  outcomes: readonly Outcome[],
  schedule: RetrySchedule,
  random: () => number,
): Promise<Applied[]> {
  return dataSource.transaction(async (manager) => {
    const ids = [...new Set(outcomes.map(({ webhookId }) => webhookId))];
    const rows = new Map((await manager.query<Row[]>(LOCK, [ids])).map((row) => [row.webhook_id, row]));
    const changes = new Map<string, Change>();
    const applied = outcomes.map((outcome): Applied => {
      const row = rows.get(outcome.webhookId);
      if (row === undefined) return { outcome, effect: 'unknown', correlationId: outcome.correlationId };
      const { correlation_id: correlationId } = row;
      // What failed or was ignored before the event was published again says nothing of how it will end now.
      const overtaken = outcome.status !== 'success' && outcome.publishNumber < row.publish_number;
      if (overtaken) return { outcome, effect: 'unchanged', correlationId };
      const move = transition(
        {
          state: row.status,
          retryCount: row.retry_count,
          maxRetries: row.max_retries,
          retryScheduled: row.retry_scheduled,
        },
        inputOf(outcome),
      );
      if (move.to === 'unchanged') return { outcome, effect: 'unchanged', correlationId };
      const retryInMs = move.retry ? delayOf(outcome, schedule, move.retryCount, random()) : null;
      changes.set(row.id, { id: row.id, status: move.to, retryInMs, ...describe(outcome) });
      rows.set(row.webhook_id, { ...row, status: move.to, retry_scheduled: move.retry });
      return { outcome, effect: 'changed', correlationId };
    });
    await write(manager, [...changes.values()]);
    return applied;
  });
}

function inputOf(outcome: Outcome): EventInput {
  switch (outcome.status) {
    case 'success':
      return { type: 'succeeded' };
    case 'ignored':
      return { type: 'ignored' };
    case 'failed':
      return {
        type: 'failed',
        retryable: outcome.error.retryable,
        attempt: outcome.attempt,
        ...(outcome.error.sharedOutage === true && { sharedOutage: true }),
      };
  }
}

/** How long an outage lasts has nothing to do with how often this event was tried: such a wait does not grow. */
function delayOf(outcome: Outcome, schedule: RetrySchedule, retryCount: number, random: number): number {
  if (outcome.status !== 'failed') return 0;
  const { retryAfterMs, sharedOutage } = outcome.error;
  return retryDelayMs(schedule, sharedOutage === true ? 0 : retryCount, random, retryAfterMs ?? 0);
}

function describe(outcome: Outcome): Omit<Change, 'id' | 'status' | 'retryInMs'> {
  const common = {
    processedAt: new Date(Math.min(outcome.at, latestTimeMs)),
    clerkUserId: outcome.clerkUserId === null ? null : storableText(outcome.clerkUserId, MAX_WORD),
  };
  if (outcome.status === 'failed') {
    const { kind, code, message, retryable, retryAfterMs, sharedOutage } = outcome.error;
    return {
      ...common,
      errorMessage: storableText(message, MAX_TEXT),
      errorDetails: {
        ...{ kind, code: storableText(code, MAX_WORD), retryable, retryAfterMs, attempt: outcome.attempt },
        ...(sharedOutage === true && { sharedOutage }),
      },
      processedData: null,
    };
  }
  return {
    ...common,
    errorMessage: null,
    errorDetails: null,
    processedData: {
      decision: storableText(outcome.decision, MAX_WORD),
      reason: storableText(outcome.reason, MAX_TEXT),
      userId: outcome.userId,
    },
  };
}

async function write(manager: EntityManager, changes: readonly Change[]): Promise<void> {
  if (changes.length === 0) return;
  const json = (value: unknown): string | null => (value === null ? null : JSON.stringify(value));
  await manager.query(UPDATE, [
    changes.map(({ id }) => id),
    changes.map(({ status }) => status),
    changes.map(({ retryInMs }) => retryInMs),
    changes.map(({ errorMessage }) => errorMessage),
    changes.map(({ errorDetails }) => json(errorDetails)),
    changes.map(({ processedData }) => json(processedData)),
    changes.map(({ processedAt }) => processedAt.toISOString()),
    changes.map(({ clerkUserId }) => clerkUserId),
  ]);
}
