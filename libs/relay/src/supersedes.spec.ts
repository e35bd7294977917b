import { KnownMessages } from './known-messages';
import { supersedes } from './supersedes';

describe('the rule which message wins', () => {
  it.each([
    [{ version: 2, epoch: 1 }, { version: 1, epoch: 9 }, true],
    [{ version: 1, epoch: 9 }, { version: 2, epoch: 1 }, false],
    [{ version: 2, epoch: 2 }, { version: 2, epoch: 1 }, true],
    [{ version: 2, epoch: 1 }, { version: 2, epoch: 1 }, false],
    [{ version: 2, epoch: 1 }, { version: 2, epoch: 2 }, false],
    [{ version: 1, epoch: 1 }, undefined, true],
  ])('of %j over %j is %s', (message, published, wins) => {
    expect(supersedes(message, published)).toBe(wins);
  });
});

it('the known messages are bounded: the one that was used least recently is forgotten', () => {
  const known = new KnownMessages(2);
  const message = { version: 1, epoch: 1, sequence: 1, deleted: false };
  known.set('a', message);
  known.set('b', message);
  known.get('a');
  known.set('c', message);
  expect(['a', 'b', 'c'].map((key) => known.get(key) !== undefined)).toEqual([true, false, true]);
});
