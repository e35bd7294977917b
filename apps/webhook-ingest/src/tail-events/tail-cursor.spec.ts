import { type TailPosition, type TailRow, advance, maxSeen, readCursor, writeCursor } from './tail-cursor';

function row(id: number, status: TailRow['status'], others: Partial<TailRow> = {}): TailRow {
  return { id: String(id), status, retryCount: 0, publishNumber: 1, nextRetryAt: null, ...others };
}

const begin: TailPosition = { floor: 0n, seen: new Map() };
const waits = { nextRetryAt: new Date(0) };
/** What a reader gets who has seen some rows, and then meets others. No row can appear up to the id `visible`. */
function next(before: readonly TailRow[], rows: readonly TailRow[], visible: bigint, limit = 200) {
  const { position } = advance(begin, before, visible, before.length);
  return advance(readCursor(writeCursor(position)), rows, visible, limit);
}
const ids = (rows: readonly TailRow[]) => rows.map(({ id }) => id);

it.each<[string, TailRow, TailRow]>([
  ['its outcome', row(1, 'processing'), row(1, 'success')],
  ['a retry that waits', row(1, 'processing'), row(1, 'failed', waits)],
  ['the end of its retries', row(1, 'failed', waits), row(1, 'failed')],
  ['another publish', row(1, 'processing'), row(1, 'processing', { publishNumber: 2 })],
])('an open event is returned with %s', (_, before, after) => {
  expect(next([before], [before], 1n).changed).toEqual([]);
  expect(next([before], [after], 1n).changed).toEqual([after]);
});

it('an event is new although one with a higher id was seen before it', () => {
  const [early, late, higher] = [row(1, 'success'), row(2, 'success'), row(3, 'success')];
  expect(next([early, higher], [late, higher], 1n).changed).toEqual([late]);
});

it('a settled event is forgotten once no event below it can appear', () => {
  const { position } = advance(begin, [row(1, 'success'), row(2, 'ignored'), row(3, 'success')], 2n, 3);
  expect(position).toEqual({ floor: 2n, seen: new Map([[3n, '.s0.1x']]) });
});

it('what exceeds the limit is left for the next request, also an outcome below the floor', () => {
  const before = [row(1, 'processing'), row(2, 'processing')];
  const after = [row(1, 'success'), row(2, 'success'), row(3, 'success')];
  const first = next(before, after, 2n, 1);
  expect([ids(first.changed), first.more]).toEqual([['1'], true]);
  const second = advance(first.position, after.slice(1), 3n, 1);
  expect([ids(second.changed), second.more]).toEqual([['2'], true]);
  const third = advance(second.position, after.slice(2), 3n, 1);
  expect([ids(third.changed), third.more]).toEqual([['3'], false]);
  expect(third.position).toEqual({ floor: 3n, seen: new Map() });
});

it('a position is bounded, and forgets the oldest events first', () => {
  const rows = Array.from({ length: maxSeen + 5 }, (_, index) => row(index + 1, 'processing'));
  const { position } = advance(begin, rows, 0n, rows.length);
  expect(position.seen.size).toBe(maxSeen);
  expect(position.floor).toBe(5n);
  expect(advance(position, rows.slice(5), 0n, 200).changed).toEqual([]);
  expect(writeCursor(position).length).toBeLessThan(8_192);
});

it('a position forgets rows that each request reads only after all others, so that none is returned again and again', () => {
  const rows = Array.from({ length: maxSeen + 5 }, (_, index) => row(index + 1, 'processing'));
  const again = new Set(['1', '2']);
  const { position } = advance(begin, rows, 0n, rows.length, again);
  expect([position.seen.size, position.floor]).toEqual([maxSeen, 7n]);
  const read = rows.filter(({ id }) => again.has(id) || BigInt(id) > position.floor);
  expect(ids(advance(position, read, 0n, 200, again).changed)).toEqual([]);
});

it.each([
  ['', 'empty'],
  ['1_', 'a row without a step'],
  ['1_0.r0.1x', 'a row at its predecessor'],
  ['01', 'a leading zero'],
  ['1_1.q0.1x', 'an unknown status'],
  ['zzzzzzzzzzzzz', 'more than an id'],
  [`1${'_1.r0.1x'.repeat(maxSeen + 1)}`, 'too many rows'],
])('refuses %p: %s', (text) => {
  expect(() => readCursor(text)).toThrow(
    expect.objectContaining({ fields: [{ field: 'cursor', message: expect.any(String) }] }) as Error,
  );
});
