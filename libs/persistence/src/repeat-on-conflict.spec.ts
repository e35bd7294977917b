import { repeatOnConflict } from './repeat-on-conflict';
import { SQL_STATE } from './sql-state';

const failure = (code: string) => Object.assign(new Error('failed'), { code });

/** Work that fails with each of the errors in turn, and then succeeds. */
function failing(...errors: readonly Error[]): jest.Mock<Promise<string>> {
  const work = jest.fn(async () => 'done');
  for (const error of errors) work.mockRejectedValueOnce(error);
  return work;
}

describe('repeatOnConflict', () => {
  it.each([SQL_STATE.deadlockDetected, SQL_STATE.serializationFailure])('repeats the work after %s', async (code) => {
    const work = failing(failure(code), failure(code));

    await expect(repeatOnConflict(work)).resolves.toBe('done');
    expect(work).toHaveBeenCalledTimes(3);
  });

  it('does not repeat the work after any other error', async () => {
    const work = failing(failure(SQL_STATE.uniqueViolation));

    await expect(repeatOnConflict(work)).rejects.toMatchObject({ code: SQL_STATE.uniqueViolation });
    expect(work).toHaveBeenCalledTimes(1);
  });

  it('throws the last error after 10 attempts', async () => {
    const work = failing(...Array.from({ length: 10 }, () => failure(SQL_STATE.deadlockDetected)));

    await expect(repeatOnConflict(work)).rejects.toMatchObject({ code: SQL_STATE.deadlockDetected });
    expect(work).toHaveBeenCalledTimes(10);
  });
});
