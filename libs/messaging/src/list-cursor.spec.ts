import { idCursor, timeCursor, uuidCursor } from './list-cursor';

const UUID = '0198c0de-0000-7000-8000-000000000001';
const rows = [{ id: '9' }, { id: '8' }, { id: '7' }];
const pageOf = (limit: number) => idCursor.page(rows, limit, ({ id }) => id);

describe('a page of a list', () => {
  it('has a cursor that leads to the row after its last one', () => {
    const { items, nextCursor } = pageOf(2);

    expect(items).toEqual(rows.slice(0, 2));
    expect(idCursor.read(nextCursor ?? undefined)).toBe('8');
  });

  it('has no cursor when no row is left', () => {
    expect(pageOf(3)).toEqual({ items: rows, nextCursor: null });
  });
});

describe('the cursor of a list', () => {
  const encoded = (text: string) => Buffer.from(text).toString('base64url');

  it('is absent on the first page', () => {
    expect(idCursor.read(undefined)).toBeUndefined();
  });

  it('holds a time and an id where the list is sorted by both', () => {
    const { nextCursor } = timeCursor.page([1, 2], 1, () => [1_700_000_000_000, UUID]);

    expect(timeCursor.read(nextCursor ?? undefined)).toEqual([1_700_000_000_000, UUID]);
  });

  it.each([
    ['text that is not base64url', '%%%'],
    ['base64url that is not JSON', encoded('x')],
    ['padding', `${encoded('"8"')}=`],
    ['a key of another list', encoded(JSON.stringify([1, UUID]))],
    ['an id with more than 18 digits', encoded(`"${'1'.repeat(19)}"`)],
    ['an id that is zero', encoded('"0"')],
    ['an id that is not a number', encoded(`"1 OR 1=1"`)],
    ['an id in another spelling', encoded(' "8"')],
  ])('is rejected when it is %s', (_, cursor) => {
    expect(() => idCursor.read(cursor)).toThrow(expect.objectContaining({ reason: 'invalid_request' }));
  });

  it('is rejected when its time is beyond what PostgreSQL reads', () => {
    expect(() => timeCursor.read(encoded(JSON.stringify([253_402_300_800_000, UUID])))).toThrow('cursor');
  });

  it('is rejected when its id is not a UUID', () => {
    expect(() => uuidCursor.read(encoded('"8"'))).toThrow('cursor');
  });
});
