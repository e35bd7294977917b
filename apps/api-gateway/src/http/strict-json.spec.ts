import * as fc from 'fast-check';
import { parseStrictJson } from './strict-json';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
/** The same name in other letters. */
const escaped = (text: string) =>
  `"${[...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

describe('strict JSON', () => {
  it('is read as JSON.parse reads it, however it is spaced', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('names no member twice, at any depth, next to anything, in any spelling', () => {
    const name = fc.constantFrom('sub', '__proto__', 'constructor', '0', 'é', 'a"b', 'toJSON');
    fc.assert(
      fc.property(name, fc.jsonValue({ maxDepth: 4 }), fc.nat(4), fc.boolean(), (member, value, depth, spelled) => {
        const twin = spelled ? escaped(member) : JSON.stringify(member);
        const pair = `{${JSON.stringify(member)}:${JSON.stringify(value)},"z":[],${twin}:1}`;
        const text = `{"y":"}\\"{",${'"x":['}${'['.repeat(depth)}${pair}${']'.repeat(depth)}]}`;
        expect(() => parse(text)).toThrow(expect.objectContaining({ fault: 'repeated_member' }) as Error);
      }),
    );
  });

  it('may have the same name in different objects', () => {
    const text = '{"a": {"a":1}, "b":[{"a":1},{"a":2}]}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each<[string, Uint8Array, string, string | undefined]>([
    ['bytes that are no UTF-8', Buffer.from('"\xff"', 'latin1'), 'encoding', undefined],
    ['text that is no JSON', Buffer.from('{a:1}'), 'syntax', undefined],
    ['nothing', Buffer.alloc(0), 'syntax', undefined],
    ['33 levels', Buffer.from('['.repeat(33) + ']'.repeat(33)), 'depth', undefined],
    ['a number out of range', Buffer.from('[1e400]'), 'number', undefined],
    ['a repeated member', Buffer.from('{"a":[{"b":{"c":1, "c":2}}]}'), 'repeated_member', 'a.b.c'],
  ])('rejects %s', (_, bytes, fault, path) => {
    expect(() => parseStrictJson(bytes)).toThrow(expect.objectContaining({ fault, path }) as Error);
  });
});
