import { BadServer, json, problem } from '../testing/bad-server';
import { createGatehouse, etagOf } from './index';

let server: BadServer;
beforeAll(async () => {
  server = await BadServer.start();
});
afterAll(() => server.stop());

const client = () => createGatehouse({ baseUrl: server.url, getToken: () => 'token', backoffMs: 1 });
const entry = (id: string) => ({ id, title: id });
const path = { id: 'a' };

describe('a list', () => {
  const pages: Record<string, object> = {
    '/api/items?limit=2': { items: [entry('a'), entry('b')], nextCursor: 'c1' },
    '/api/items?limit=2&cursor=c1': { items: [], nextCursor: 'c2' },
    '/api/items?limit=2&cursor=c2': { items: [entry('c')], nextCursor: null },
  };

  it('brings the entries of all pages, also after an empty one', async () => {
    server.answer((response, { url }) => json(response, 200, pages[url]));
    const ids: string[] = [];
    for await (const { id } of client().list('/api/items', { params: { query: { limit: 2 } } })) ids.push(id);
    expect(ids).toEqual(['a', 'b', 'c']);
  });

  it('fetches a page only when it is needed', async () => {
    server.answer((response, { url }) => json(response, 200, pages[url]));
    for await (const { id } of client().list('/api/items', { params: { query: { limit: 2 } } })) if (id === 'b') break;
    expect(server.seen).toHaveLength(1);
  });

  it('can be read page by page', async () => {
    server.answer((response, { url }) => json(response, 200, pages[url]));
    const sizes: number[] = [];
    for await (const { items } of client().pages('/api/items', { params: { query: { limit: 2 } } }))
      sizes.push(items.length);
    expect(sizes).toEqual([2, 0, 1]);
  });

  it('ends with an error when a cursor comes again', async () => {
    server.answer((response) => json(response, 200, { items: [], nextCursor: 'same' }));
    const reading = async () => {
      for await (const _ of client().list('/api/items')) throw new RangeError('an entry');
    };
    await expect(reading()).rejects.toMatchObject({ code: 'response_invalid' });
    expect(server.seen).toHaveLength(2);
  });
});

describe('an update', () => {
  it('sends the version that was read as If-Match', async () => {
    server.answer((response, { method }) =>
      json(
        response,
        200,
        method === 'GET' ? { id: 'a', title: 'Milk', version: 3 } : { id: 'a', title: 'Milk!', version: 4 },
      ),
    );
    const updated = await client().update('/api/items/{id}', { params: { path } }, ({ title }) => ({
      title: `${title}!`,
    }));
    expect(updated).toMatchObject({ title: 'Milk!', version: 4 });
    expect(server.seen.map(({ method, headers, body }) => [method, headers['if-match'], body])).toEqual([
      ['GET', undefined, ''],
      ['PATCH', '"3"', '{"title":"Milk!"}'],
    ]);
  });

  it('reads again and asks again when somebody was faster, and gives up after three times', async () => {
    let version = 1;
    server.answer((response, { method }) =>
      method === 'GET'
        ? json(response, 200, { id: 'a', title: `v${version}`, version: (version += 1) })
        : problem(response, 412, 'version_mismatch'),
    );
    const asked: string[] = [];
    const updating = client().update('/api/items/{id}', { params: { path } }, ({ title }) => {
      asked.push(title);
      return { title: 'mine' };
    });
    await expect(updating).rejects.toMatchObject({ code: 'version_mismatch' });
    expect(asked).toEqual(['v1', 'v2', 'v3']);
  });

  it('sends nothing when there is nothing to change', async () => {
    server.answer((response) => json(response, 200, { id: 'a', title: 'Milk', version: 3 }));
    await client().update('/api/me', {}, () => undefined);
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
  });

  it('can be written by hand with the entity tag of a version', () => {
    expect(etagOf({ version: 12 })).toBe('"12"');
  });
});
