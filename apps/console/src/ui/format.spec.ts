import { duration } from './format';

it.each([
  [null, '–'],
  [12.4, '12 ms'],
  [3_449, '3.4 s'],
  [60_000, '1 min'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [180_000_000, '2 d 2 h'],
])('%p milliseconds are shown as %s', (ms, text) => {
  expect(duration(ms)).toBe(text);
});
