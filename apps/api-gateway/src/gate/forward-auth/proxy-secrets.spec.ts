import { ForwardAuthSecretError } from '../../errors';
import { isSecretKnown, proxySecrets } from './proxy-secrets';

const [old, next] = ['o'.repeat(32), 'n'.repeat(32)];

it('accepts either secret while one replaces the other, and nothing else', () => {
  const secrets = proxySecrets([old, next]);
  expect([old, next].map((sent) => isSecretKnown(secrets, sent))).toEqual([true, true]);
  for (const sent of [undefined, '', `${old}, ${old}`, `${old},${next}`, old.toUpperCase(), [old]]) {
    expect([sent, isSecretKnown(secrets, sent)]).toEqual([sent, false]);
  }
});

it('needs no secret where none is set', () => {
  expect(isSecretKnown([], undefined)).toBe(true);
});

it.each([
  ['none', []],
  ['three', [old, next, 'x'.repeat(32)]],
  ['the same twice', [old, old]],
  ['a short one', [old.slice(1)]],
  ['a space', [`${old} ${next}`]],
  ['a letter that no header holds', ['ä'.repeat(32)]],
])('rejects a list with %s', (_, texts) => {
  expect(() => proxySecrets(texts)).toThrow(ForwardAuthSecretError);
});
