import * as fc from 'fast-check';
import { syntaxFault } from './json-syntax';

it.each([
  ['', 1, 1, 'a value'],
  [' \n ', 2, 2, 'a value'],
  ['{"a":1', 1, 7, 'a comma or "}"'],
  ['{"a":1,}', 1, 8, 'a member name in double quotes'],
  ['{a:1}', 1, 2, 'a member name in double quotes or "}"'],
  ["{'a':1}", 1, 2, 'a member name in double quotes or "}"'],
  ['{"a" 1}', 1, 6, 'a colon'],
  ['{"a":}', 1, 6, 'a value'],
  ['{"a":[1,]}', 1, 9, 'a value'],
  ['[[[}', 1, 4, 'a value or "]"'],
  ['[1 2]', 1, 4, 'a comma or "]"'],
  ['[01]', 1, 3, 'a comma or "]"'],
  ['[NaN]', 1, 2, 'a value or "]"'],
  ['{}{}', 1, 3, 'the end of the body'],
  ['{"a":{},"b":[]}]', 1, 16, 'the end of the body'],
  ['{\n  "a": "x\ny"\n}', 2, 10, 'the closing quote of a text'],
  ['{"a":"x', 1, 8, 'the closing quote of a text'],
  ['["\\x"]', 1, 3, 'an escape sequence of JSON'],
  ['[\r\n"😀", x]', 2, 6, 'a value'],
])('%j is not JSON from line %i, column %i', (text, line, column, expected) => {
  expect(syntaxFault(text)).toEqual({ line, column, expected });
});

it('finds a fault in what JSON.parse rejects, within the text and without repeating it', () => {
  const damaged = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('', '}', ',', '"', 'x', '\\', '\n', '{'));
  fc.assert(
    fc.property(damaged, ([json, at, change]) => {
      const cut = at % (json.length + 1);
      const text = json.slice(0, cut) + change + json.slice(cut + 1);
      const rejected = isRejected(text);
      const { line, column, expected } = syntaxFault(text);
      const before = text
        .split(/\r\n|\r|\n/)
        .slice(0, line - 1)
        .join('\n');
      if (rejected) expect([...before].length + column).toBeLessThanOrEqual([...text].length + 1);
      // All of a valid text is read.
      else expect(expected).toBe('the end of the body');
    }),
  );
});

it('reads a body of the maximum size that is nested as deep as it is long', () => {
  expect(syntaxFault('['.repeat(65_536))).toEqual({ line: 1, column: 65_537, expected: 'a value or "]"' });
});

function isRejected(text: string): boolean {
  try {
    JSON.parse(text);
  } catch {
    return true;
  }
  return false;
}
