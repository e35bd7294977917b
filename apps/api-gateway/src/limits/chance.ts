/**
 * Decides at random whether to admit one more attempt after `count` attempts in a window. While `count` is below
 * `limit`, always admits. Of `n` attempts, it admits on average at most `limit * (1 + ln(n / limit))`. `random` is a
 * random number in [0, 1).
 */
export function admitsByChance(count: number, limit: number, random: number): boolean {
  return random * (count + 1) < limit;
}
