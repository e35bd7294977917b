import { steadyClock } from './steady-clock';

let monotonic = 1_000;
let wall = 1_800_000_000_000;
const clock = () =>
  steadyClock(
    () => monotonic,
    () => wall,
  );

describe('the steady clock', () => {
  it('goes as the monotonic one does, whatever the rounding of the wall clock', () => {
    const now = clock();
    const started = now();
    for (let count = 0; count < 10_000; count++) {
      monotonic += 0.1;
      wall = 1_800_000_000_000 + Math.floor(monotonic - 1_000);
      now();
    }
    expect(now() - started).toBeCloseTo(1_000, 5);
  });

  it('has gone on while the machine was asleep', () => {
    const now = clock();
    const before = now();
    wall += 3_600_000;
    expect(now() - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it('does not run backwards, and does not stand still, when the wall clock is set back', () => {
    const now = clock();
    wall += 60_000;
    const before = now();
    wall -= 3_600_000;
    expect(now()).toBe(before);
    monotonic += 5;
    wall += 5;
    expect(now()).toBe(before + 5);
  });

  it('follows a wall clock that is set right by little steps', () => {
    const now = clock();
    const before = now();
    for (let count = 0; count < 100; count++) {
      monotonic += 1_000;
      wall += 1_001;
      now();
    }
    expect(now() - before).toBeLessThan(100_500);
  });
});
