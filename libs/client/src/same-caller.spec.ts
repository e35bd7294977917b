import { BadServer, json, problem } from '../testing/bad-server';
import { createGatehouse } from './index';

let server: BadServer;
beforeAll(async () => {
  server = await BadServer.start();
});
afterAll(() => server.stop());

const token = (subject: string, more = '') =>
  ['{}', JSON.stringify({ sub: subject, name: 'ÿ?>', more })]
    .map((part) => Buffer.from(part).toString('base64url'))
    .join('.');
const item = { id: 'a', title: 'Milk', version: 1 };

/** A client of a page on which somebody else is signed in once a request has arrived. */
function client(first: string | null, then: string | null) {
  const getToken = () => (server.seen.length === 0 ? first : then);
  return createGatehouse({ baseUrl: server.url, getToken, backoffMs: 1 });
}
const credentials = () => server.seen.map(({ headers }) => headers.authorization);

describe('when somebody else is signed in since a call began', () => {
  it.each([
    ['another person', token('bob')],
    ['nobody', null],
  ])('%s gets no repetition of a request', async (_, then) => {
    server.answer((response) => problem(response, 503, 'unavailable'));
    const writing = client(token('ada'), then).POST('/api/items', { body: { title: 'Milk' } });
    await expect(writing).rejects.toMatchObject({ code: 'caller_changed', text: expect.stringContaining('no longer') });
    expect(credentials()).toEqual([`Bearer ${token('ada')}`]);
  });

  it('the other person gets no request that was rejected for an expired token', async () => {
    server.answer((response) => problem(response, 401, 'token_expired'));
    const page = client(token('ada'), token('bob'));
    await expect(page.GET('/api/me')).rejects.toMatchObject({ code: 'caller_changed' });
    server.answer((response) => problem(response, 401, 'token_expired'));
    await expect(page.fetch('/orders')).rejects.toMatchObject({ code: 'caller_changed' });
    expect(credentials()).toEqual([`Bearer ${token('ada')}`]);
  });

  it('the other person gets neither the change of an update nor the next page of a list', async () => {
    server.answer((response) => json(response, 200, item));
    const page = client(token('ada'), token('bob'));
    await expect(page.update('/api/me', {}, () => ({ city: 'Pune' }))).rejects.toMatchObject({
      code: 'caller_changed',
    });
    expect(server.seen.map(({ method }) => method)).toEqual(['GET']);
    server.answer((response) => json(response, 200, { items: [item], nextCursor: 'c1' }));
    const reading = async () => {
      for await (const _ of page.list('/api/items'));
    };
    await expect(reading()).rejects.toMatchObject({ code: 'caller_changed' });
    expect(server.seen).toHaveLength(1);
  });

  it('a new token of the same person is another matter', async () => {
    server.answer((response, _, times) =>
      times === 1 ? problem(response, 503, 'unavailable') : json(response, 200, item),
    );
    await client(token('ada'), token('ada', 'newer')).GET('/api/me');
    expect(credentials()).toEqual([`Bearer ${token('ada')}`, `Bearer ${token('ada', 'newer')}`]);
  });
});
