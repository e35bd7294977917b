import { type StreamRelay } from '@gatehouse/relay';
import { GatheredWake } from './gathered-wake';

let wakes: number;
let gathered: GatheredWake;

beforeEach(() => {
  jest.useFakeTimers();
  wakes = 0;
  gathered = new GatheredWake({ wake: () => (wakes += 1) } as unknown as StreamRelay);
});
afterEach(() => {
  gathered.onModuleDestroy();
  jest.useRealTimers();
});

it('wakes the relay at once after a pause', () => {
  gathered.wake();
  expect(wakes).toBe(1);
  jest.advanceTimersByTime(250);
  gathered.wake();
  expect(wakes).toBe(2);
});

it('wakes the relay four times a second while changes follow each other', () => {
  for (let n = 0; n < 1_000; n += 1) {
    gathered.wake();
    jest.advanceTimersByTime(1);
  }
  expect(wakes).toBe(5);
});

it('wakes the relay for the last change before a pause', () => {
  gathered.wake();
  gathered.wake();
  expect(wakes).toBe(1);
  jest.advanceTimersByTime(250);
  expect(wakes).toBe(2);
  jest.advanceTimersByTime(10_000);
  expect(wakes).toBe(2);
});
