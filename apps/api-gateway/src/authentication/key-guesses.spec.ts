import { MemoryCounters } from '../limits/memory-counters';
import { RateLimiter } from '../limits/rate-limiter';
import { KeyGuesses } from './key-guesses';

const refused = { code: 'rate_limited', retryAfterMs: 1_000 };

/** Creates KeyGuesses with a fixed random number, after this many guesses of the address `a`. */
async function after(guesses: number, draw: { value: number }): Promise<KeyGuesses> {
  const made = new KeyGuesses(new RateLimiter(new MemoryCounters(() => 0)));
  jest.spyOn(made, 'draw').mockImplementation(() => draw.value);
  for (let count = 0; count < guesses; count++) await made.guessed('a');
  return made;
}

describe('an API key that was never accepted', () => {
  it('is always looked up while its address has sent fewer than twenty unknown keys', async () => {
    const guesses = await after(19, { value: 0.999_999 });
    await expect(guesses.admit('x', 'a')).resolves.toBe(false);
    await guesses.guessed('a');
    await expect(guesses.admit('x', 'a')).rejects.toMatchObject(refused);
    await expect(guesses.admit('x', 'b')).resolves.toBe(false);
  });

  it('is looked up after that with a probability of twenty divided by the number of guesses', async () => {
    const draw = { value: 0.201 };
    const guesses = await after(99, draw);
    await expect(guesses.admit('x', 'a')).rejects.toMatchObject(refused);
    draw.value = 0.198;
    // Twenty in 101 by now, because the rejected key counts.
    await expect(guesses.admit('x', 'a')).resolves.toBe(true);
  });
});

it('an API key that was accepted before is always looked up', async () => {
  const guesses = await after(1_000, { value: 0.999_999 });
  await guesses.vouch('x');
  await expect(guesses.admit('x', 'a')).resolves.toBe(true);
  await expect(guesses.admit('y', 'a')).rejects.toMatchObject(refused);
});
