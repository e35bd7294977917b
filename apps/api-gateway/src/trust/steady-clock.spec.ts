import { steadyClock } from './steady-clock';

let monotonic = 1_000;
let wall = 1_800_000_000_000;
const clock = () =>
  steadyClock(
    () => monotonic,
    () => wall,
  );

describe('steadyClock', () => {
  it('advances like the monotonic clock, regardless of how the wall clock is rounded', () => {
    const now = clock();
    const started = now();
    for (let count = 0; count < 10_000; count++) {
      monotonic += 0.1;
      wall = 1_800_000_000_000 + Math.floor(monotonic - 1_000);
      now();
    }
    expect(now() - started).toBeCloseTo(1_000, 5);
  });

  it('includes the time during which the machine was suspended', () => {
    const now = clock();
    const before = now();
    wall += 3_600_000;
    expect(now() - before).toBeGreaterThanOrEqual(3_600_000);
  });

  it('keeps advancing and never decreases when the wall clock is set back', () => {
    const now = clock();
    wall += 60_000;
    const before = now();
    wall -= 3_600_000;
    expect(now()).toBe(before);
    monotonic += 5;
    wall += 5;
    expect(now()).toBe(before + 5);
  });

  it('ignores small corrections of the wall clock', () => {
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
