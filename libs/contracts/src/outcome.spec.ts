import { type Outcome, decodeOutcomes, encodeOutcomes } from './outcome';
import { clerkOutcomesStream } from './streams';

const outcome = (number: number, reason = 'newer version'): Outcome => ({
  webhookId: `msg_${number}`,
  attempt: 0,
  publishNumber: 1,
  correlationId: 'c',
  clerkUserId: 'user_1',
  userId: null,
  at: 1,
  status: 'success',
  decision: 'apply',
  reason,
});
const encode = (text: string) => new TextEncoder().encode(text);

it('outcomes are decoded as they were encoded, in order', () => {
  const outcomes = Array.from({ length: 1_000 }, (_, number) => outcome(number, 'ü€\u0000'.repeat(number % 50)));
  const messages = encodeOutcomes(outcomes);
  expect(messages.flatMap(decodeOutcomes)).toEqual(outcomes);
  expect(messages.length).toBeLessThan(20);
  expect(Math.max(...messages.map(({ length }) => length))).toBeLessThan(clerkOutcomesStream.maxMessageBytes);
  expect(encodeOutcomes([])).toEqual([]);
});

it('an invalid outcome does not affect the others of its message', () => {
  const message = encode(JSON.stringify([outcome(1), { ...outcome(2), attempt: -1 }, null, 7, outcome(3)]));
  expect(decodeOutcomes(message)).toEqual([outcome(1), undefined, undefined, undefined, outcome(3)]);
});

it.each(['', '{', 'null', '{"webhookId":"msg_1"}', '"text"'])(
  'a message that is not a list (%s) becomes one undefined',
  (text) => {
    expect(decodeOutcomes(encode(text))).toEqual([undefined]);
  },
);
