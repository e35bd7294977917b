import { SharedOutageError } from '@gatehouse/messaging';
import { ClerkRequestError, ClerkUnavailableError, DatabaseRefusedError, ImportInterruptedError } from '../errors';
import { type Step, processRows } from './process-rows';
import { rowFault, stopsStep } from './row-fault';

const clerk = (status: number) => new ClerkRequestError('clerk', { status }, 'Clerk rejected a request.');

describe('rowFault', () => {
  it.each([
    ['a violated constraint', new DatabaseRefusedError('23514', 'users_role_check'), /23514, users_role_check/],
    ['a value that cannot be stored', new DatabaseRefusedError('22021', undefined), /22021/],
    ['an external id that Clerk rejects', clerk(422), /status 422/],
  ])('blames the row for %s', (_, error, reason) => {
    expect(rowFault(error, 0)).toMatch(reason);
    expect(stopsStep(error)).toBe(false);
  });

  it.each([
    ['an unavailable database', new SharedOutageError('the users database')],
    ['missing rights', new DatabaseRefusedError('42501', undefined)],
    ['a read-only database', new DatabaseRefusedError('25006', undefined)],
    ['a timeout', new DatabaseRefusedError('57014', undefined)],
    ['an unavailable Clerk', new ClerkUnavailableError('network', {}, 'Clerk did not answer.')],
    ['a rejected secret key', clerk(401)],
    ['an interruption', new ImportInterruptedError()],
  ])('never blames the row for %s', (_, error) => {
    expect(rowFault(error, 1_000)).toBeUndefined();
  });

  it('blames the row for an error of unknown cause after five attempts, without its message', () => {
    const error = new TypeError('ada@example.com is not iterable');
    expect(rowFault(error, 4)).toBeUndefined();
    expect(rowFault(error, 5)).toMatch(/^An unexpected error occurred\./);
  });
});

describe('processRows', () => {
  const step: Step = { id: 'i', state: 'applying', rowsDone: 0, attempts: 0 };
  const rows = [1, 2, 3].map((row) => ({ row }));

  it('processes the other rows when one of them cannot be processed', async () => {
    const [processed, failed]: [number[], number[]] = [[], []];
    const last = await processRows(step, rows, {
      process: async (_, batch) => {
        if (batch.some(({ row }) => row === 2)) throw new DatabaseRefusedError('23514', 'x');
        processed.push(...batch.map(({ row }) => row));
      },
      fail: async ({ rowsDone }, { row }) => void failed.push(rowsDone, row),
    });
    expect([last, processed, failed]).toEqual([3, [1, 3], [1, 2]]);
  });

  it('counts the failed attempts for the first row alone', async () => {
    const [process, fail] = [jest.fn().mockRejectedValue(new TypeError('x')), jest.fn()];
    const work = { process, fail };
    await expect(processRows({ ...step, attempts: 5 }, rows.slice(0, 2), work)).rejects.toThrow(TypeError);
    expect(fail.mock.calls.map(([, row]: unknown[]) => row)).toEqual([{ row: 1 }]);
  });

  it('stops at an outage without blaming a row', async () => {
    const fail = jest.fn();
    const process = jest.fn().mockRejectedValue(new SharedOutageError('the users database'));
    await expect(processRows(step, rows, { process, fail })).rejects.toThrow(SharedOutageError);
    expect([process.mock.calls.length, fail.mock.calls.length]).toEqual([1, 0]);
  });
});
