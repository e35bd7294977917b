import { BadServer, json, problem } from '../testing/bad-server';
import { type GatehouseOptions, createGatehouse } from './index';

let server: BadServer;
beforeAll(async () => {
  server = await BadServer.start();
});
afterAll(() => server.stop());

const client = (options: Partial<GatehouseOptions> = {}) =>
  createGatehouse({ baseUrl: server.url, getToken: () => 'old', ...options } as GatehouseOptions);
const order = { method: 'POST', body: '{"sku":"milk"}', headers: { 'content-type': 'application/json' } };

describe('a request to a service behind the gateway', () => {
  it('has the credential, and every response is returned', async () => {
    server.answer((response) => json(response, 418, { own: 'form' }));
    const response = await client().fetch('/orders?first=1', order);
    expect([response.status, await response.json()]).toEqual([418, { own: 'form' }]);
    expect(server.seen).toEqual([
      expect.objectContaining({ method: 'POST', url: '/orders?first=1', body: order.body }),
    ]);
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer old', 'content-type': 'application/json' });
  });

  it('is sent once more, with its body, when the gateway says that the token has expired', async () => {
    server.answer((response, { headers }) =>
      headers.authorization === 'Bearer new' ? json(response, 201, {}) : problem(response, 401, 'token_expired'),
    );
    const getToken = (options?: { skipCache?: boolean }) => (options?.skipCache === true ? 'new' : 'old');
    expect((await client({ getToken }).fetch('/orders', order)).status).toBe(201);
    expect(server.seen.map(({ body }) => body)).toEqual([order.body, order.body]);
  });

  it.each([
    ['that the service rejects', 401, '{"message":"not yours"}'],
    ['whose 401 is no JSON', 401, '<html>'],
    ['to which the service is unavailable', 503, ''],
  ])('%s is not repeated', async (_, status, body) => {
    server.answer((response) => void response.writeHead(status).end(body));
    const response = await client().fetch('/orders');
    expect([response.status, await response.text()]).toEqual([status, body]);
    expect(server.seen).toHaveLength(1);
  });

  it('whose 401 is another’s is returned without reading its body', async () => {
    server.answer((response) => void response.writeHead(401, { 'content-type': 'application/json' }).write('{'));
    const response = await client().fetch('/orders');
    expect(response.status).toBe(401);
    await response.body?.cancel();
  });

  it.each<[string, () => unknown]>([
    ['a stream', () => new Blob(['part']).stream()],
    [
      'a generator',
      () =>
        (async function* () {
          yield Buffer.from('part');
        })(),
    ],
  ])('whose body is %s is not sent again, because it has been read', async (_, body) => {
    server.answer((response) => problem(response, 401, 'token_expired'));
    let tokens = 0;
    const gatehouse = client({ getToken: () => `token${(tokens += 1)}` });
    const init = { method: 'POST', body: body(), duplex: 'half' } as RequestInit;
    expect((await gatehouse.fetch('/orders', init)).status).toBe(401);
    expect(server.seen.map((request) => request.body)).toEqual(['part']);
  });

  it('without a response is a GatehouseError', async () => {
    server.answer((response) => void response.destroy());
    await expect(client().fetch('/orders')).rejects.toMatchObject({ name: 'GatehouseError', code: 'network_failed' });
    server.answer(() => undefined);
    await expect(client({ timeoutMs: 50 }).fetch('/orders')).rejects.toMatchObject({ code: 'timed_out' });
  });

  it('can be given up, also while its body arrives', async () => {
    const leave = new AbortController();
    server.answer((response) => void response.writeHead(200).write('part'));
    const response = await client().fetch('/orders', { signal: leave.signal });
    leave.abort(new RangeError('left the page'));
    await expect(response.text()).rejects.toThrow('left the page');
  });

  it.each(['orders', '@other.example/orders', ''])('cannot continue the host of the gateway: %j', async (path) => {
    server.answer((response) => json(response, 200, {}));
    await expect(client().fetch(path)).rejects.toThrow('path must begin with /');
    expect(server.seen).toEqual([]);
  });
});
