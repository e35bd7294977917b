import { Lanes } from './lanes';

const held = () => {
  let release = () => undefined as void;
  const done = new Promise<void>((resolve) => (release = resolve));
  return { done, release };
};

it('few run at once in a lane, the others in their order, and one lane does not hold up another', async () => {
  const lanes = new Lanes(2);
  const gates = [held(), held(), held(), held()];
  const begun: number[] = [];
  const run = gates.map(({ done }, index) =>
    lanes.run('a', () => {
      begun.push(index);
      return done;
    }),
  );
  await lanes.run('b', async () => undefined);
  expect(begun).toEqual([0, 1]);
  gates[1]?.release();
  await run[1];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const { release } of gates) release();
  await Promise.all(run);
  expect(begun).toEqual([0, 1, 2, 3]);
});

it('whoever has waited too long is refused, and takes nobody’s turn', async () => {
  const lanes = new Lanes(1, 10);
  const gate = held();
  const first = lanes.run('a', () => gate.done);
  await expect(lanes.run('a', async () => undefined)).rejects.toMatchObject({ reason: 'unavailable' });
  gate.release();
  await first;
  expect(await lanes.run('a', async () => 'free')).toBe('free');
});

it('a thousand wait at most, over all lanes', async () => {
  const lanes = new Lanes(1);
  const gate = held();
  const all = Array.from({ length: 1_002 }, (_, index) => lanes.run(`${index % 2}`, () => gate.done));
  await expect(lanes.run('0', async () => undefined)).rejects.toMatchObject({ reason: 'unavailable' });
  gate.release();
  await Promise.all(all);
});

it('work that fails gives its place to the next', async () => {
  const lanes = new Lanes(1);
  const failing = lanes.run('a', () => Promise.reject(new RangeError('no')));
  const next = lanes.run('a', async () => 'next');
  await expect(failing).rejects.toThrow(RangeError);
  expect(await next).toBe('next');
});
