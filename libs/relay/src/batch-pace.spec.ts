import { setImmediate } from 'node:timers/promises';
import { BatchPace } from './batch-pace';

const POLL_MS = 1_000;
let stopping: AbortController;
let pace: BatchPace;

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] });
  stopping = new AbortController();
  pace = new BatchPace(POLL_MS, stopping.signal);
});

afterEach(() => jest.useRealTimers());

/** Whether the next batch is due when this much time has passed and nothing else. */
async function isDue(next: Promise<void>, afterMs: number): Promise<boolean> {
  let due = false;
  void next.then(() => (due = true));
  jest.advanceTimersByTime(afterMs);
  await setImmediate();
  return due;
}

describe('the pace of batches', () => {
  it('begins a batch at once for a change after a pause', async () => {
    pace.begin();
    const next = pace.next();
    expect(await isDue(next, 500)).toBe(false);
    pace.wake();
    expect(await isDue(next, 0)).toBe(true);
  });

  it('gathers changes that follow a batch within 25 ms, whether they come during it or after it', async () => {
    pace.begin();
    pace.wake();
    jest.advanceTimersByTime(10);
    const during = pace.next();
    expect(await isDue(during, 14)).toBe(false);
    pace.wake();
    expect(await isDue(during, 0)).toBe(false);
    expect(await isDue(during, 1)).toBe(true);

    pace.begin();
    const after = pace.next();
    pace.wake();
    expect(await isDue(after, 24)).toBe(false);
    expect(await isDue(after, 1)).toBe(true);
  });

  it('does not wait after a batch that took longer than that, if a change came during it', async () => {
    pace.begin();
    pace.wake();
    jest.advanceTimersByTime(30);
    expect(await isDue(pace.next(), 0)).toBe(true);
  });

  it('polls without a change', async () => {
    pace.begin();
    const next = pace.next();
    expect(await isDue(next, POLL_MS - 1)).toBe(false);
    expect(await isDue(next, 1)).toBe(true);
  });

  it('waits for nothing once it is stopped', async () => {
    pace.begin();
    const polling = pace.next();
    const gathering = new BatchPace(POLL_MS, stopping.signal);
    gathering.begin();
    gathering.wake();
    const gathered = gathering.next();
    expect([await isDue(polling, 0), await isDue(gathered, 0)]).toEqual([false, false]);
    stopping.abort();
    expect([await isDue(polling, 0), await isDue(gathered, 0)]).toEqual([true, true]);
    expect(await isDue(pace.next(), 0)).toBe(true);
  });
});
