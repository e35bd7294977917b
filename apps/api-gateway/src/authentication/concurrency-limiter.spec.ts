import { ConcurrencyLimiter } from './concurrency-limiter';

const held = () => {
  let release = () => undefined as void;
  const done = new Promise<void>((resolve) => (release = resolve));
  return { done, release };
};

it('the concurrency limiter limits concurrent work per key, runs the rest in order, and does not delay other keys', async () => {
  const limiter = new ConcurrencyLimiter(2);
  const gates = [held(), held(), held(), held()];
  const begun: number[] = [];
  const run = gates.map(({ done }, index) =>
    limiter.run('a', () => {
      begun.push(index);
      return done;
    }),
  );
  await limiter.run('b', async () => undefined);
  expect(begun).toEqual([0, 1]);
  gates[1]?.release();
  await run[1];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const { release } of gates) release();
  await Promise.all(run);
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('the concurrency limiter rejects work that waited too long, and frees its place in the queue', async () => {
  const limiter = new ConcurrencyLimiter(1, 10);
  const gate = held();
  const first = limiter.run('a', () => gate.done);
  await expect(limiter.run('a', async () => undefined)).rejects.toMatchObject({ reason: 'unavailable' });
  gate.release();
  await first;
  expect(await limiter.run('a', async () => 'free')).toBe('free');
});

it('the concurrency limiter rejects work beyond 1 000 waiting callers over all keys', async () => {
  const limiter = new ConcurrencyLimiter(1);
  const gate = held();
  const all = Array.from({ length: 1_002 }, (_, index) => limiter.run(`${index % 2}`, () => gate.done));
  await expect(limiter.run('0', async () => undefined)).rejects.toMatchObject({ reason: 'unavailable' });
  gate.release();
  await Promise.all(all);
});

it('the concurrency limiter runs the next work after one that failed', async () => {
  const limiter = new ConcurrencyLimiter(1);
  const failing = limiter.run('a', () => Promise.reject(new RangeError('no')));
  const next = limiter.run('a', async () => 'next');
  await expect(failing).rejects.toThrow(RangeError);
  expect(await next).toBe('next');
});
