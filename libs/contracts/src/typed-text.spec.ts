import { z } from 'zod';
import { clearable, lineText, paragraphText } from './typed-text';

const line = lineText(10);
const accepts = (schema: z.ZodType, text: string) => schema.safeParse(text).success;

describe('a text of one line', () => {
  it.each(['Asha', 'आशा शर्मा', 'علی‌رضا', 'e\u0301', '\ufa19', '👩‍👩‍👧', '🛍'.repeat(10), "O'Neil & C"])(
    'may be %j and is stored as it was typed',
    (text) => {
      expect(line.parse(text)).toBe(text);
    },
  );

  it('loses white space at both ends', () => {
    expect(line.parse('\u00a0 Asha\u3000\n')).toBe('Asha');
  });

  it.each([
    ['a\nb', 'a line break'],
    ['a\u0085b', 'NEL'],
    ['a\u2028b', 'a line separator'],
    ['a\tb', 'a tab'],
    ['a\u0000b', 'NUL'],
    ['a\u001bb', 'an escape'],
    ['a\u007fb', 'DEL'],
    ['a\u202eb', 'a right-to-left override'],
    ['a\u202ab', 'an embedding'],
    ['a\u2066b', 'an isolate'],
    ['\u200b', 'nothing visible'],
    ['\u2060\u3164', 'only fillers'],
    ['a'.repeat(11), '11 letters'],
    ['🛍'.repeat(11), '11 emoji'],
  ])('may not be %j: %s', (text) => {
    expect(accepts(line, text)).toBe(false);
  });

  it('has its length in characters in the JSON schema', () => {
    expect(z.toJSONSchema(line, { io: 'input' })).toMatchObject({ type: 'string', maxLength: 10 });
  });
});

describe('a text of several lines', () => {
  const paragraphs = paragraphText(20);

  it.each(['one\r\n\ttwo', 'سلام \u2068Ada\u2069'])('may be %j', (text) => {
    expect(paragraphs.parse(text)).toBe(text);
  });

  it.each(['a\u0000b', 'a\u001bb', 'a\u202eb', 'a\u202db', '\u200b'])('may not be %j', (text) => {
    expect(accepts(paragraphs, text)).toBe(false);
  });
});

describe('a field that can be cleared', () => {
  it.each([[null], [''], ['  ']])('reads %j as null', (value) => {
    expect(clearable(line).parse(value)).toBeNull();
  });

  it('keeps and checks other values', () => {
    expect(clearable(line).parse(' Asha ')).toBe('Asha');
    expect(clearable(line).safeParse(7).success).toBe(false);
  });

  it('is described by the schema of its value', () => {
    const schema = z.toJSONSchema(z.object({ city: clearable(line).optional() }), { io: 'input' });
    expect(JSON.stringify(schema)).toContain('"maxLength":10');
  });
});
