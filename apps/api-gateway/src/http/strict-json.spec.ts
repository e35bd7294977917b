import * as fc from 'fast-check';
import { parseStrictJson } from './strict-json';

const parse = (text: string) => parseStrictJson(Buffer.from(text));
/** Spells a name with \\u escapes. */
const escaped = (text: string) =>
  `"${[...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

describe('parseStrictJson', () => {
  it('returns the same value as JSON.parse, with any whitespace', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.constantFrom(undefined, 1, '\t'), (value, space) => {
        const text = JSON.stringify(value, undefined, space);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('rejects a repeated member at any depth and in any spelling', () => {
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

  it('accepts the same name in different objects', () => {
    const text = '{"a": {"a":1}, "b":[{"a":1},{"a":2}]}';
    expect(parse(text)).toEqual(JSON.parse(text));
  });

  it.each<[string, Uint8Array, string, string | undefined]>([
    ['bytes that are not UTF-8', Buffer.from('"\xff"', 'latin1'), 'encoding', undefined],
    ['text that is not JSON', Buffer.from('{a:1}'), 'syntax', undefined],
    ['an empty body', Buffer.alloc(0), 'syntax', undefined],
    ['33 levels', Buffer.from('['.repeat(33) + ']'.repeat(33)), 'depth', undefined],
    ['a number out of range', Buffer.from('[1e400]'), 'number', undefined],
    ['a repeated member', Buffer.from('{"a":[{"b":{"c":1, "c":2}}]}'), 'repeated_member', 'a.b.c'],
  ])('rejects %s', (_, bytes, fault, path) => {
    expect(() => parseStrictJson(bytes)).toThrow(expect.objectContaining({ fault, path }) as Error);
  });
});
