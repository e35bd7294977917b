import { type TrustChange } from '@gatehouse/contracts';
import { LastChanges } from './last-changes';

const keyOf = (number: number, keyId: string): TrustChange => ({
  ...{ kind: 'api_key', reason: 'revoked', number, at: 0, keyId, userId: 'u' },
});

it('names what has changed after a number, in the order of the changes, each once', () => {
  const changes = new LastChanges(10);
  for (const [number, keyId] of [
    [1, 'a'],
    [2, 'b'],
    [3, 'c'],
    [4, 'a'],
  ] as const)
    changes.note(keyOf(number, keyId));
  expect(changes.after(1)).toEqual(['api_key:b', 'api_key:c', 'api_key:a']);
  expect(changes.after(3)).toEqual(['api_key:a']);
  expect(changes.after(4)).toEqual([]);
});
