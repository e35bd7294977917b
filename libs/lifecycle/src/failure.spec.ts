import { type FailureFacts, isRetryable } from './failure';

describe('isRetryable', () => {
  it.each<[FailureFacts, boolean]>([
    [{ kind: 'network' }, true],
    [{ kind: 'database' }, true],
    [{ kind: 'conflict' }, true],
    [{ kind: 'unknown' }, true],
    [{ kind: 'validation' }, false],
    [{ kind: 'clerk' }, true],
    [{ kind: 'clerk', status: 408 }, true],
    [{ kind: 'clerk', status: 429 }, true],
    [{ kind: 'clerk', status: 500 }, true],
    [{ kind: 'clerk', status: 503 }, true],
    [{ kind: 'clerk', status: 409, code: 'resource_locked' }, true],
    [{ kind: 'clerk', status: 409 }, false],
    [{ kind: 'clerk', status: 401 }, false],
    [{ kind: 'clerk', status: 404 }, false],
    [{ kind: 'clerk', status: 422 }, false],
  ])('classifies the failure %j as retryable: %j', (failure, retried) => {
    expect(isRetryable(failure)).toBe(retried);
  });
});
