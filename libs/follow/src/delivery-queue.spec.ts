import { setTimeout as sleep } from 'node:timers/promises';
import { DeliveryQueue } from './delivery-queue';
import { type CallbackFailedError } from './errors';

/** A queue whose deliveries end when the test says so. */
function controlled({ concurrency = 2, capacity = 10 } = {}) {
  const started: string[] = [];
  const ends = new Map<string, { resolve: () => void; reject: (error: Error) => void }>();
  const failures: CallbackFailedError[] = [];
  const queue = new DeliveryQueue<string>({
    deliver: (key, item) => {
      started.push(`${key}=${item}`);
      return new Promise<void>((resolve, reject) => ends.set(key, { resolve, reject }));
    },
    onFailure: (error) => failures.push(error),
    concurrency,
    capacity,
  });
  const end = async (key: string, error?: Error) => {
    const { resolve, reject } = ends.get(key) ?? {};
    if (error === undefined) resolve?.();
    else reject?.(error);
    await sleep(0);
  };
  return { queue, started, failures, end };
}

describe('a delivery queue', () => {
  it('delivers one item of a key at a time, and only the newest of those that wait', async () => {
    const { queue, started, end } = controlled();
    for (const item of ['1', '2', '3']) queue.offer('a', item);
    expect(started).toEqual(['a=1']);
    await end('a');
    expect(started).toEqual(['a=1', 'a=3']);
    await end('a');
    expect(queue.size).toBe(0);
    expect(queue.delivered).toBe(2);
  });

  it('runs no more callbacks than its concurrency, in the order of the keys', async () => {
    const { queue, started, end } = controlled();
    for (const key of ['a', 'b', 'c', 'd']) queue.offer(key, '1');
    expect(started).toEqual(['a=1', 'b=1']);
    await end('b');
    expect(started).toEqual(['a=1', 'b=1', 'c=1']);
  });

  it('refuses a key when it is full, takes news of the keys that it has, and tells when there is room', async () => {
    const { queue, end } = controlled({ capacity: 2 });
    expect(['a', 'b', 'c'].map((key) => queue.offer(key, '1'))).toEqual([true, true, false]);
    expect(queue.offer('b', '2')).toBe(true);
    const waiting = [queue.room(), queue.room()];
    let woken = 0;
    for (const room of waiting) void room.then(() => (woken += 1));
    await end('a');
    expect(woken).toBe(1);
    queue.passRoom();
    await sleep(0);
    expect(woken).toBe(2);
  });

  it('tries a failed item again, or the newer one that came meanwhile', async () => {
    const { queue, started, failures, end } = controlled();
    queue.offer('a', '1');
    queue.offer('b', '1');
    await end('a', new Error('first'));
    await end('b', new Error('first'));
    queue.offer('b', '2');
    expect(failures).toMatchObject([
      { key: 'a', attempt: 1 },
      { key: 'b', attempt: 1 },
    ]);
    while (started.length < 4) await sleep(10);
    expect(started.slice(2).sort()).toEqual(['a=1', 'b=2']);
    await end('a', new Error('second'));
    expect(failures.at(-1)).toMatchObject({ key: 'a', attempt: 2 });
    await end('b');
    await queue.stop();
  });

  it('is settled when the keys of that moment wait no longer', async () => {
    const { queue, end } = controlled();
    queue.offer('a', '1');
    let isSettled = false;
    void queue.settled().then(() => (isSettled = true));
    queue.offer('b', '1');
    await end('a');
    expect(isSettled).toBe(true);
  });

  it('delivers nothing after it was stopped, and waits for what runs', async () => {
    const { queue, started, end } = controlled({ concurrency: 1 });
    queue.offer('a', '1');
    queue.offer('a', '2');
    queue.offer('b', '1');
    let isStopped = false;
    const stopping = queue.stop().then(() => (isStopped = true));
    await sleep(0);
    expect(isStopped).toBe(false);
    await end('a');
    await stopping;
    expect(started).toEqual(['a=1']);
    expect(queue.size).toBe(0);
  });
});
