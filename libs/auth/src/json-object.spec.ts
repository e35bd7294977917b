import * as fc from 'fast-check';
import { parseStrictObject } from './json-object';

const parse = (text: string) => parseStrictObject(Buffer.from(text));
const value = fc.jsonValue({ maxDepth: 4 });
const name = fc.constantFrom('sub', '__proto__', 'constructor', '0', 'é', 'a"b', 'toJSON');
/** The same name with escapes. */
const escaped = (text: string) =>
  `"${[...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

describe('strict JSON', () => {
  it('parses like JSON.parse with any white space', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value), fc.constantFrom(undefined, 1, '\t'), (object, space) => {
        const text = JSON.stringify(object, undefined, space);
        fc.pre(text.split(/[,:[{]/).length <= 500);
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('must not repeat a member, at any depth and in any escaped spelling', () => {
    fc.assert(
      fc.property(name, value, value, fc.nat(4), fc.boolean(), (member, one, other, depth, spelled) => {
        const twin = spelled ? escaped(member) : JSON.stringify(member);
        const pair = `{${JSON.stringify(member)}:${JSON.stringify(one)},"z":[],${twin}:${JSON.stringify(other)}}`;
        const text = `{"y":"}\\"{",${'"x":['}${'['.repeat(depth)}${pair}${']'.repeat(depth)}]}`;
        expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'token_duplicate_claim' }) as Error);
      }),
    );
  });

  it('may have the same name in different objects', () => {
    expect(parse('{"a":{"a":1},"b":[{"a":1},{"a":2}]}')).toEqual({ a: { a: 1 }, b: [{ a: 1 }, { a: 2 }] });
  });

  it('may be 32 levels deep, and no deeper', () => {
    const nested = (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
    expect(() => parse(nested(32))).not.toThrow();
    expect(() => parse(nested(33))).toThrow(expect.objectContaining({ code: 'token_malformed' }) as Error);
    expect(() => parse(nested(4_000))).toThrow(expect.objectContaining({ code: 'token_malformed' }) as Error);
  });

  it('may have at most 512 commas, colons and brackets outside strings', () => {
    const list = (items: number) => `{"a":[${Array.from({ length: items }, () => '1').join()}]}`;
    expect(() => parse(list(510))).not.toThrow();
    for (const text of [list(511), `{"a":[${'[],'.repeat(260)}{}]}`, `{"a":${'{"a":'.repeat(30)}${list(500)}`]) {
      expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'token_malformed' }) as Error);
    }
    expect(parse(`{"a":"${'[,:{'.repeat(500)}\\""}`)).toEqual({ a: `${'[,:{'.repeat(500)}"` });
  });

  it.each(['{"a":"', '{"a":"\\', '"', '', '{"a":1}}', ':::', '{"a"::1}'])('excludes %j', (text) => {
    expect(() => parse(text)).toThrow(expect.objectContaining({ code: 'token_malformed' }) as Error);
  });

  it('excludes numbers that are out of range', () => {
    expect(() => parse('{"a":[1e400]}')).toThrow(expect.objectContaining({ code: 'token_number_invalid' }) as Error);
  });
});
