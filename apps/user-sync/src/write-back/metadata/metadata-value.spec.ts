import { digestOf, shownJson } from './metadata-value';

describe('the digest of a value', () => {
  it('does not depend on the order of members, and differs for other values', () => {
    expect(digestOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(digestOf({ b: { d: null, c: [1, 2] }, a: 1 }));
    const values: unknown[] = ['1', 1, true, 'true', null, 'null', [], {}, [[]], [{}], '', ['a', 'b'], ['b', 'a']];
    values.push(
      ['a,"b"'],
      { a: 'b' },
      [{ a: 'b' }],
      { a: ['b'] },
      [['a', 'b']],
      { a: null },
      JSON.parse('{"__proto__":1}'),
    );
    expect(new Set(values.map(digestOf)).size).toBe(values.length);
  });

  it('can be computed for metadata nested as deeply as 8 KB allow', () => {
    const deep = JSON.parse(`${'['.repeat(4_096)}${']'.repeat(4_096)}`) as unknown;
    expect(digestOf(deep)).toMatch(/^[0-9a-f]{64}$/);
    expect(shownJson(deep).length).toBeLessThanOrEqual(256);
  });
});

describe('the text of a value', () => {
  it.each([
    ['editor', '"editor"'],
    [['a', 1], '["a",1]'],
    [4711, '4711'],
    ['\0\ud800', '"\\u0000\\ud800"'],
  ])('of %j is its JSON', (value, text) => {
    expect(shownJson(value)).toBe(text);
  });

  it('is cut after 256 bytes, never inside a character', () => {
    for (const pad of ['', 'a', 'ab', 'abc']) {
      const text = shownJson(pad + '😀'.repeat(100));
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(256);
      expect(text).toMatch(/^"[abc]*(😀)+…$/u);
    }
  });
});
