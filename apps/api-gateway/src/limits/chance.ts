/**
 * Decides at random whether to admit one more attempt after `count` attempts in a window. Always true below the limit.
 * Of `n` attempts it admits `limit * (1 + ln(n / limit))` on average at most. `random` is in [0, 1).
 */
export function admitsByChance(count: number, limit: number, random: number): boolean {
  return random * (count + 1) < limit;
}
