import { type Outcome } from '@gatehouse/contracts';
import { defaultRetrySchedule } from '@gatehouse/lifecycle';
import { type LedgerRow, foldOutcomes } from './outcome-fold';

const row: LedgerRow = {
  id: '7',
  webhook_id: 'msg_1',
  status: 'processing',
  retry_count: 0,
  max_retries: 2,
  retry_scheduled: false,
  publish_number: 2,
  correlation_id: 'of-the-row',
};
const about = {
  webhookId: 'msg_1',
  clerkUserId: 'user_1',
  userId: null,
  publishNumber: 2,
  attempt: 0,
  at: 1_790_000_000_000,
  correlationId: 'of-the-outcome',
};
const success: Outcome = { ...about, status: 'success', decision: 'update', reason: 'newer' };
const failure: Outcome = {
  ...about,
  status: 'failed',
  error: { kind: 'clerk', code: 'http_503', message: 'Clerk failed', retryable: true, retryAfterMs: null },
};
const fold = (...outcomes: Outcome[]) => foldOutcomes([row], outcomes, defaultRetrySchedule, () => 0);

describe('the fold of outcomes', () => {
  it('returns one update for a row with several outcomes, with the state after the last one', () => {
    const { applied, updates } = fold(failure, success, failure);

    expect(applied.map(({ effect }) => effect)).toEqual(['changed', 'changed', 'unchanged']);
    expect(updates).toEqual([
      expect.objectContaining({ id: '7', status: 'success', retryInMs: null, errorMessage: null }),
    ]);
  });

  it('schedules a retry for a failure that is retryable', () => {
    expect(fold(failure).updates).toEqual([
      expect.objectContaining({
        status: 'failed',
        retryInMs: expect.any(Number) as number,
        errorMessage: 'Clerk failed',
      }),
    ]);
  });

  it('changes nothing for a failure of an earlier publish', () => {
    expect(fold({ ...failure, publishNumber: 1 })).toEqual({
      applied: [expect.objectContaining({ effect: 'unchanged', correlationId: 'of-the-row' })],
      updates: [],
    });
  });

  it('applies a success of an earlier publish', () => {
    expect(fold({ ...success, publishNumber: 1 }).updates).toEqual([expect.objectContaining({ status: 'success' })]);
  });

  it('reports an outcome whose event is not in the ledger', () => {
    expect(fold({ ...success, webhookId: 'msg_other' })).toEqual({
      applied: [expect.objectContaining({ effect: 'unknown', correlationId: 'of-the-outcome' })],
      updates: [],
    });
  });
});
