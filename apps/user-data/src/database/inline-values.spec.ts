import { inlineValues } from './inline-values';

const id = '01890a5d-ac96-774b-bcce-b302099a8057';
const time = '2026-01-05T10:00:00.123Z';

describe('inlineValues', () => {
  it('replaces each placeholder by its value', () => {
    const text = 'SELECT $1::uuid, $2::bigint, $3::boolean, $4::timestamptz, $5::text, $1::uuid';
    expect(inlineValues(text, [id, -5, true, time, null])).toBe(
      `SELECT '${id}'::uuid, '-5'::bigint, 'true'::boolean, '${time}'::timestamptz, NULL::text, '${id}'::uuid`,
    );
  });

  it('keeps $10 apart from $1', () => {
    const text = Array.from({ length: 10 }, (_, index) => `$${index + 1}`).join(' ');
    expect(inlineValues(text, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10])).toBe(`'1' '2' '3' '4' '5' '6' '7' '8' '9' '10'`);
  });

  it.each([
    ['text', 'Milk'],
    ['an empty text', ''],
    ['a quote', `'`],
    ['a UUID before other text', `${id}' OR true --`],
    ['a UUID before a line break', `${id}\n`],
    ['a UUID in capital letters', id.toUpperCase()],
    ['a time before other text', `${time}'`],
    ['a time of another zone', '2026-01-05T10:00:00+02:00'],
    ['a time with other digits', '２026-01-05T10:00:00Z'],
    ['a fraction', 0.5],
    ['not a number', NaN],
    ['an infinite number', Infinity],
    ['a number that is not exact', 2 ** 53],
    ['a big integer', 1n],
    ['undefined', undefined],
    ['an array', [1]],
    ['an array that prints as a UUID', [id]],
    ['an object that prints as a UUID', { toString: () => id }],
    ['a date', new Date(time)],
    ['bytes', Buffer.from('a')],
  ])('does not inline %s', (_, value) => {
    expect(inlineValues('SELECT $1, $2', [id, value])).toBeUndefined();
  });
});
