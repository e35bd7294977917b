import { BadServer, json, problem } from '../testing/bad-server';
import { type GatehouseOptions, GatehouseError, createGatehouse } from './index';

let server: BadServer;
beforeAll(async () => {
  server = await BadServer.start();
});
afterAll(() => server.stop());

/** A client that waits for hardly anything. */
const client = (options: Partial<GatehouseOptions> = {}) =>
  createGatehouse({ baseUrl: server.url, getToken: () => 'token', backoffMs: 1, ...options } as GatehouseOptions);

const failure = async (promise: Promise<unknown>): Promise<GatehouseError> => {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof GatehouseError) return error;
  throw new TypeError('The call did not reject with a GatehouseError', { cause: error });
};

const item = { id: '0198f3d0-1a2b-7c3d-8e4f-5a6b7c8d9e0f', title: 'Milk', description: null, version: 3 };

describe('a call', () => {
  it('sends the token, parameters and body, and returns the body and the response', async () => {
    server.answer((response) => json(response, 200, item, { etag: '"3"' }));
    const answer = await client({ baseUrl: `${server.url}/prefix/` }).PATCH('/api/items/{id}', {
      params: { path: { id: item.id }, header: { 'If-Match': '"2"' } },
      body: { title: 'Milk' },
    });
    expect(answer.data).toEqual(item);
    expect(answer.response.headers.get('etag')).toBe('"3"');
    expect(server.seen).toEqual([
      expect.objectContaining({ method: 'PATCH', url: `/prefix/api/items/${item.id}`, body: '{"title":"Milk"}' }),
    ]);
    expect(server.seen[0]?.headers).toMatchObject({
      ...{ authorization: 'Bearer token', 'if-match': '"2"', 'content-type': 'application/json' },
      accept: 'application/json',
    });
  });

  it('calls the fetch of the options without an owner, as browsers require of their own', async () => {
    server.answer((response) => json(response, 200, item));
    const owners: unknown[] = [];
    const own = function (this: unknown, request: Request) {
      owners.push(this);
      return fetch(request);
    };
    await client({ fetch: own }).GET('/api/me');
    await client({ fetch: own }).fetch('/orders');
    expect(owners).toEqual([undefined, undefined]);
  });

  it.each(['?', '#', '/?#'])('takes nothing into its address that follows the path of baseUrl: %s', async (end) => {
    server.answer((response) => json(response, 200, item));
    await client({ baseUrl: `${server.url}/prefix${end}` }).GET('/api/me');
    expect(server.seen.map(({ url }) => url)).toEqual(['/prefix/api/me']);
  });

  it.each(['', '.', '..', null, undefined])(
    'rejects the path parameter %j, which would name another route',
    async (id) => {
      server.answer((response) => json(response, 200, {}));
      const ending = client().DELETE('/api/auth-sessions/{id}', { params: { path: { id: id as string } } });
      await expect(ending).rejects.toMatchObject({
        code: 'OPTION_INVALID',
        message: expect.stringMatching(/^params.path.id /),
      });
      expect(server.seen).toEqual([]);
    },
  );

  it('sends an API key as X-API-Key, also one that a function returns', async () => {
    server.answer((response) => json(response, 200, item));
    await client({ apiKey: 'sk_dev_1', getToken: undefined }).GET('/api/me');
    await client({ apiKey: async () => 'sk_dev_2', getToken: undefined }).GET('/api/me');
    expect(server.seen.map(({ headers }) => [headers['x-api-key'], headers.authorization])).toEqual([
      ['sk_dev_1', undefined],
      ['sk_dev_2', undefined],
    ]);
  });

  it('sends no credential when nobody is signed in', async () => {
    server.answer((response) => problem(response, 401, 'credential_missing'));
    const error = await failure(client({ getToken: () => null }).GET('/api/me'));
    expect(error).toMatchObject({ code: 'credential_missing', text: 'Please sign in.' });
    await failure(client({ apiKey: async () => null, getToken: undefined }).GET('/api/me'));
    expect(server.seen.map(({ headers }) => [headers.authorization, headers['x-api-key']])).toEqual([
      [undefined, undefined],
      [undefined, undefined],
    ]);
  });

  const circular: Record<string, unknown> = { title: 'Milk' };
  circular.self = circular;
  it.each<[string, object]>([
    ['a header of two lines', { headers: { 'x-own': 'one\ntwo' } }],
    ['a header beyond Latin', { headers: { 'x-own': 'नमस्ते two' } }],
    ['a body that contains itself', { body: circular }],
    ['a body that JSON cannot hold', { body: { title: 2n } }],
  ])('rejects what cannot be sent, once, and does not show it: %s', async (_, options) => {
    server.answer((response) => json(response, 200, item));
    const ending = client().POST('/api/items', { body: { title: 'Milk' }, ...options });
    await expect(ending).rejects.toMatchObject({ code: 'OPTION_INVALID', message: expect.not.stringContaining('two') });
    expect(server.seen).toEqual([]);
  });

  it('sends a body that is a text as it is', async () => {
    server.answer((response) => json(response, 200, {}));
    const body = 'email\nada@example.com\n';
    await client().POST('/admin/users/import', { body, headers: { 'content-type': 'text/csv' } });
    expect(server.seen).toEqual([expect.objectContaining({ body })]);
    expect(server.seen[0]?.headers['content-type']).toBe('text/csv');
  });

  it('that fails tells code, status, request, fields, quota and when to repeat it', async () => {
    const errors = [{ in: 'body', field: 'title', message: 'must not be empty' }, { in: 1 }];
    server.answer((response) => problem(response, 400, 'invalid_request', { detail: 'one field', errors }));
    expect(await failure(client().POST('/api/items', { body: { title: '' } }))).toMatchObject({
      ...{ name: 'GatehouseError', code: 'invalid_request', status: 400, requestId: 'req_1', detail: 'one field' },
      ...{ fields: [errors[0]], retryAfterMs: undefined, text: 'Some of the input is not valid. Please check it.' },
      message: '400 invalid_request: one field (request req_1)',
    });
    const quota = { kind: 'tokens', limit: 10 };
    server.answer((r) => problem(r, 429, 'quota_exceeded', { quota, headers: { 'retry-after': '5' } }));
    expect(await failure(client().GET('/api/tokens'))).toMatchObject({ quota, retryAfterMs: 5_000 });
    expect(server.seen).toHaveLength(1);
  });

  it('shows the texts of a translation', async () => {
    server.answer((response) => problem(response, 404, 'not_found'));
    const german = client({ texts: { not_found: 'Das gibt es nicht.' } });
    expect(await failure(german.GET('/api/me'))).toMatchObject({ text: 'Das gibt es nicht.' });
  });
});

describe('a response that is not the gateway’s', () => {
  it.each<[string, number, string, Record<string, string>]>([
    ['the error page of a proxy', 500, '<html>oops</html>', { 'content-type': 'text/html' }],
    ['a page instead of JSON', 200, '<html>log in to the hotel</html>', { 'content-type': 'text/html' }],
    ['JSON that is cut', 200, '{"id":', { 'content-type': 'application/json' }],
    ['an error without a code', 400, '{"error":"nope"}', { 'content-type': 'application/json' }],
    ['a redirect', 308, '', { location: 'http://127.0.0.1:1/' }],
  ])('is %s: it is no success, and is not shown', async (_, status, body, headers) => {
    server.answer((response) => response.writeHead(status, headers).end(body));
    const error = await failure(client().GET('/api/me'));
    expect(error).toMatchObject({ code: 'response_invalid', status });
    expect(`${error.message} ${String(error.cause)}`).not.toMatch(/hotel|oops|nope/);
    expect(server.seen).toHaveLength(1);
  });
});

describe('a failure that may pass', () => {
  it.each<[string, (server: BadServer) => void]>([
    [
      'a connection that breaks before the response',
      (one) => one.answer((r, _, n) => (n < 3 ? r.destroy() : json(r, 200, item))),
    ],
    [
      'a body that is cut',
      (one) =>
        one.answer((r, _, n) => {
          if (n > 2) return json(r, 200, item);
          r.writeHead(200, { 'content-type': 'application/json' }).write('{"id":');
          setImmediate(() => r.destroy());
        }),
    ],
    [
      '503',
      (one) =>
        one.answer((r, _, n) =>
          n < 3 ? problem(r, 503, 'unavailable', { headers: { 'retry-after': '0' } }) : json(r, 200, item),
        ),
    ],
    [
      '429',
      (one) =>
        one.answer((r, _, n) =>
          n < 3 ? problem(r, 429, 'rate_limited', { headers: { 'retry-after': '0' } }) : json(r, 200, item),
        ),
    ],
    [
      'the 502 of a proxy',
      (one) => one.answer((r, _, n) => (n < 3 ? r.writeHead(502).end('bad gateway') : json(r, 200, item))),
    ],
  ])('is repeated for GET: %s', async (_, behave) => {
    behave(server);
    expect((await client().GET('/api/me')).data).toEqual(item);
    expect(server.seen).toHaveLength(3);
  });

  it('is repeated at most as often as the options say', async () => {
    server.answer((response) => problem(response, 503, 'unavailable'));
    expect(await failure(client({ retries: 2 }).GET('/api/me'))).toMatchObject({ code: 'unavailable' });
    expect(server.seen).toHaveLength(3);
    server.answer((response) => problem(response, 503, 'unavailable'));
    await failure(client().GET('/api/me', { retries: 0 }));
    expect(server.seen).toHaveLength(1);
  });

  it('is not repeated when the gateway asks for a longer wait than the limit', async () => {
    server.answer((response) => problem(response, 429, 'rate_limited', { headers: { 'retry-after': '60' } }));
    expect(await failure(client().GET('/api/me'))).toMatchObject({ code: 'rate_limited', retryAfterMs: 60_000 });
    expect(server.seen).toHaveLength(1);
  });

  it('is repeated with the same Idempotency-Key for a POST that takes one, and each call has another', async () => {
    const twice = () =>
      server.answer((r, _, n) =>
        n === 1
          ? problem(r, 409, 'idempotency_in_progress', { headers: { 'retry-after': '0' } })
          : n === 2
            ? r.destroy()
            : json(r, 201, item),
      );
    const keys: unknown[] = [];
    for (let call = 0; call < 2; call += 1) {
      twice();
      await client().POST('/api/items', { body: { title: 'Milk' } });
      const sent = server.seen.map(({ headers }) => headers['idempotency-key']);
      expect(sent).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), sent[0], sent[0]]);
      keys.push(sent[0]);
    }
    expect(new Set(keys).size).toBe(2);
    twice();
    await client().POST('/api/items', { body: { title: 'Milk' }, idempotencyKey: 'mine' });
    expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual(['mine', 'mine', 'mine']);
  });

  it('is not repeated for a POST that takes no key, nor for a PATCH, unless the gateway has rejected it', async () => {
    server.answer((response) => response.destroy());
    await failure(client().POST('/auth/login', { body: { email: 'a@example.com', password: 'x' } }));
    expect(server.seen.map(({ headers }) => headers['idempotency-key'])).toEqual([undefined]);
    server.answer((response) => problem(response, 503, 'unavailable'));
    await failure(client().PATCH('/api/me', { body: { city: 'Pune' } }));
    expect(server.seen).toHaveLength(1);
    server.answer((r, _, n) =>
      n < 2 ? problem(r, 429, 'rate_limited', { headers: { 'retry-after': '0' } }) : json(r, 200, item),
    );
    await client().PATCH('/api/me', { body: { city: 'Pune' } });
    expect(server.seen).toHaveLength(2);
  });
});

describe('time', () => {
  it('is limited for each attempt, also while the body arrives', async () => {
    server.answer((response) => void response.writeHead(200, { 'content-type': 'application/json' }).write('{'));
    expect(await failure(client({ timeoutMs: 50, retries: 1 }).GET('/api/me'))).toMatchObject({ code: 'timed_out' });
  });

  it('is limited for getToken too', async () => {
    server.answer((response) => json(response, 200, item));
    const hanging = client({ getToken: () => new Promise<string>(() => undefined), timeoutMs: 20, retries: 0 });
    expect((await failure(hanging.GET('/api/me'))).code).toMatch(/^(timed_out|token_unavailable)$/);
    expect(server.seen).toEqual([]);
  });

  it('ends when the signal of the caller aborts, with its reason, and nothing is repeated', async () => {
    const leave = new AbortController();
    server.answer(() => leave.abort(new RangeError('left the page')));
    await expect(client().GET('/api/me', { signal: leave.signal })).rejects.toThrow('left the page');
    await expect(client().GET('/api/me', { signal: leave.signal })).rejects.toThrow('left the page');
    expect(server.seen).toHaveLength(1);
  });

  it('ends while a call waits to be repeated', async () => {
    const leave = new AbortController();
    server.answer((response) => {
      problem(response, 503, 'unavailable', { headers: { 'retry-after': '9' } });
      response.once('close', () => leave.abort(new RangeError('left the page')));
    });
    await expect(client().GET('/api/me', { signal: leave.signal })).rejects.toThrow('left the page');
  });
});

describe('an expired token', () => {
  const expiredUnless = (valid: string) =>
    server.answer((response, { headers }) =>
      headers.authorization === `Bearer ${valid}` ? json(response, 200, item) : problem(response, 401, 'token_expired'),
    );

  it('is renewed once for all calls that it failed, and each is repeated once', async () => {
    const asked: (boolean | undefined)[] = [];
    let token = 'old';
    const gatehouse = client({
      getToken: async (options) => {
        asked.push(options?.skipCache);
        if (options?.skipCache === true) token = 'new';
        return token;
      },
    });
    expiredUnless('new');
    await Promise.all(Array.from({ length: 5 }, () => gatehouse.GET('/api/me')));
    expect(asked.filter((skipCache) => skipCache === true)).toHaveLength(1);
    expect(server.seen.filter(({ headers }) => headers.authorization === 'Bearer new')).toHaveLength(5);
    expect(server.seen.length).toBeLessThanOrEqual(10);
  });

  it('that cannot be renewed fails the call after one request', async () => {
    expiredUnless('never');
    expect(await failure(client().GET('/api/me'))).toMatchObject({ code: 'token_expired' });
    expect(server.seen).toHaveLength(1);
  });

  it('is renewed once, not again and again', async () => {
    expiredUnless('never');
    let count = 0;
    expect(await failure(client({ getToken: () => `token${(count += 1)}` }).GET('/api/me'))).toMatchObject({
      code: 'token_expired',
    });
    expect(server.seen).toHaveLength(2);
  });
});

describe('a token', () => {
  it('is asked for once by calls that start together', async () => {
    server.answer((response) => json(response, 200, item));
    let asked = 0;
    const gatehouse = client({ getToken: async () => `token${(asked += 1)}` });
    await Promise.all(Array.from({ length: 5 }, () => gatehouse.GET('/api/me')));
    expect(asked).toBe(1);
    expect(new Set(server.seen.map(({ headers }) => headers.authorization)).size).toBe(1);
  });

  it.each<[string, () => string]>([
    ['that no header can carry', () => 'two\nlines-of-a-secret'],
    [
      'that cannot be obtained',
      () => {
        throw new RangeError('no network');
      },
    ],
  ])('%s is an error that does not show it', async (_, getToken) => {
    const error = await failure(client({ getToken }).GET('/api/me'));
    expect(error).toMatchObject({ code: 'token_unavailable', status: undefined });
    expect(`${error.message}${error.stack}`).not.toContain('lines-of-a-secret');
  });
});

describe('options', () => {
  it.each<[string, object, string]>([
    ['a URL that is relative', { baseUrl: '/api', getToken: () => null }, 'baseUrl must be a URL'],
    ['another scheme', { baseUrl: 'ftp://a', getToken: () => null }, 'baseUrl must be a URL'],
    ['a URL with a password', { baseUrl: 'https://a:b@c', getToken: () => null }, 'baseUrl must have no user'],
    ['no credential', { baseUrl: 'https://a' }, 'getToken or apiKey is required'],
    ['an API key with a line break', { baseUrl: 'https://a', apiKey: 'sk_\n' }, 'getToken or apiKey is required'],
    [
      'a timeout of zero',
      { baseUrl: 'https://a', apiKey: 'k', timeoutMs: 0 },
      'timeoutMs must be a whole number from 1',
    ],
    ['endless repetitions', { baseUrl: 'https://a', apiKey: 'k', retries: Infinity }, 'retries must be a whole number'],
  ])('with %s are rejected by name', (_, options, message) => {
    expect(() => createGatehouse(options as GatehouseOptions)).toThrow(message);
  });
});
