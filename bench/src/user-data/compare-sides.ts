import { isDeepStrictEqual } from 'node:util';
import { randomUUID } from 'node:crypto';
import { statusOf } from '../http-connection';
import { type ApiRequest, bodyOf, exchange, headerOf } from './api-load';
import { type BenchUser } from '../bench-users';
import { cursorIn } from './operations';
import { type Side, type UserDataUsers } from './user-data-stack';

/** What a client sees of a response; a refusal is compared by its status only, because its texts differ. */
interface Seen {
  readonly status: number;
  readonly tag: string | undefined;
  readonly body: unknown;
}

export const sortOrders = ['createdAt', '-createdAt', 'updatedAt', '-updatedAt', 'title', '-title'] as const;
const UUID = /^[0-9a-f-]{36}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/**
 * Checks that all sides answer alike: items, lists in each order page by page, new items, repeated and reused
 * idempotency keys, expected versions, reservations, and what belongs to others. A benchmark of servers that do
 * different things says nothing.
 * @throws RangeError that names the request
 */
export async function compareSides(sides: readonly Side[], users: UserDataUsers): Promise<number> {
  const [one, other] = users.readers;
  if (one === undefined || other === undefined) throw new RangeError('too few users');
  let compared = 0;
  const [first, ...rest] = await Promise.all(
    sides.map((side, index) => answersOf(side, one, other, users.hot.at(-1 - index)!)),
  );
  for (const [index, answers] of rest.entries()) {
    for (const [name, seen] of answers) {
      compared += 1;
      if (isDeepStrictEqual(seen, first?.get(name))) continue;
      const texts = [JSON.stringify(first?.get(name)), JSON.stringify(seen)].map((text) => text.slice(0, 400));
      throw new RangeError(`${sides[index + 1]?.name} answers "${name}" otherwise: ${texts.join(' and ')}`);
    }
  }
  return compared;
}

async function answersOf(
  { port }: Side,
  user: BenchUser,
  stranger: BenchUser,
  hot: BenchUser,
): Promise<ReadonlyMap<string, Seen>> {
  const answers = new Map<string, Seen>();
  const ask = async (name: string, request: ApiRequest): Promise<string> => {
    const response = await exchange(port, request);
    const status = statusOf(response);
    const body = status < 300 ? masked(bodyOf(response)) : undefined;
    answers.set(name, { status, tag: headerOf(response, 'etag'), body });
    return response;
  };
  const get = (name: string, path: string, { key } = user) => ask(name, { method: 'GET', path, key });
  for (const sort of sortOrders) {
    let cursor: string | null = '';
    for (let page = 1; cursor !== null; page += 1) {
      const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
      cursor = cursorIn(await get(`page ${page} by ${sort}`, `/api/items?limit=50&sort=${sort}${next}`));
    }
  }
  await get('a forged cursor', '/api/items?cursor=eyJhIjoxfQ');
  const listed = bodyOf<{ items: { id: string }[] }>(await get('a short page', '/api/items?limit=1&sort=title'));
  const path = `/api/items/${listed.items[0]?.id}`;
  await get('an item', path);
  await get('an item of another user', path, stranger);
  await get('an item that does not exist', `/api/items/${randomUUID()}`);
  await ask('an unknown key', { method: 'GET', path, key: 'unknown' });
  const change = (name: string, tag: string) =>
    ask(name, { method: 'PATCH', path, key: user.key, body: { description: null }, headers: { 'If-Match': tag } });
  await change('a change with another version', '"999"');
  const draft = { method: 'POST', path: '/api/items', key: stranger.key } as const;
  const headers = { 'Idempotency-Key': randomUUID() };
  const body = { title: 'Milk', description: 'Two bottles' };
  const created = await ask('a new item', { ...draft, headers, body });
  const repeated = await ask('a repeated request', { ...draft, headers, body });
  if (!isDeepStrictEqual(bodyOf(created), bodyOf(repeated))) throw new RangeError('a repeated request created twice');
  await ask('a reused idempotency key', { ...draft, headers, body: { title: 'Bread' } });
  await ask('a new item without a title', { ...draft, body: { description: 'x' } });
  const own = `/api/items/${bodyOf<{ id: string }>(created).id}`;
  const tag = headerOf(created, 'etag') ?? '';
  const update = { method: 'PATCH', path: own, key: stranger.key, body: { title: 'Bread' } } as const;
  await ask('a change with the right version', { ...update, headers: { 'If-Match': tag } });
  await ask('the same change again', { ...update, headers: { 'If-Match': tag } });
  await ask('a change without a version', update);
  const reservation = { method: 'POST', path: '/api/tokens/reservations', key: hot.key } as const;
  await ask('a reservation', { ...reservation, body: { amount: 5 } });
  await ask('a second reservation', { ...reservation, body: { amount: 7, ttlSeconds: 60 } });
  await ask('a reservation of too much', { ...reservation, body: { amount: 1_000_000 } });
  await ask('a reservation of nothing', { ...reservation, body: { amount: 0 } });
  return answers;
}

/** Replaces ids that servers make, times of now, and cursors. */
function masked(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.map((part) => masked(part));
  if (typeof value === 'object' && value !== null) {
    const isListed = 'items' in value;
    return Object.fromEntries(
      Object.entries(value)
        .filter(([name]) => name !== 'replayed')
        .map(([name, part]) => [name, isListed && name === 'items' ? part : masked(part, name)]),
    );
  }
  if (typeof value !== 'string') return value;
  if (key === 'id' && UUID.test(value)) return 'id';
  if (key.endsWith('At') && TIME.test(value)) return 'time';
  return key === 'nextCursor' ? 'cursor' : value;
}
