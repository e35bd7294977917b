import { EndOfTurn } from './end-of-turn';
import { type Exchange } from './exchange';

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Adds exchanges 1 to `count`, and returns those that have ended. */
function add(count: number): readonly number[] {
  const ended: number[] = [];
  const endings = new EndOfTurn((exchange) => void ended.push(Number(exchange)));
  for (let number = 1; number <= count; number += 1) endings.add(number as unknown as Exchange);
  return ended;
}

it('ends responses at the end of the turn, in their order, each once', async () => {
  const ended = add(3);
  expect(ended).toEqual([]);
  await turn();
  expect(ended).toEqual([1, 2, 3]);
  await turn();
  expect(ended).toEqual([1, 2, 3]);
});

it('lets no more than 64 responses wait for the rest of a turn', async () => {
  const ended = add(130);
  expect(ended).toHaveLength(128);
  await turn();
  expect(ended).toEqual(Array.from({ length: 130 }, (_, index) => index + 1));
});
