/**
 * Decides by chance whether one more is admitted after `count` in a window: always below the limit; of `n`, at most
 * `limit * (1 + ln(n / limit))` on average. `random` is from 0 up to 1.
 */
export function admitsByChance(count: number, limit: number, random: number): boolean {
  return random * (count + 1) < limit;
}
