import { type ServerResponse } from 'node:http';
import { eventually } from '@gatehouse/testing';
import { BadServer, problem } from '../../testing/bad-server';
import { type GatehouseOptions, createGatehouse } from '../index';
import { type LiveOptions, followChanges } from '../live';

let server: BadServer;
/** What the handlers got, in their order. */
let got: string[];
/** `code` or name of each failure. */
let errors: string[];
let stops: (() => Promise<unknown>)[];

beforeAll(async () => {
  server = await BadServer.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  got = [];
  errors = [];
  stops = [];
});
afterEach(async () => {
  await Promise.all(stops.map((stop) => stop()));
});

function live(handlers: Partial<LiveOptions> = {}, options: Partial<GatehouseOptions> = {}) {
  const gatehouse = createGatehouse({
    ...{ baseUrl: server.url, getToken: () => 'token', backoffMs: 1 },
    ...options,
  } as GatehouseOptions);
  const updates = followChanges(gatehouse, {
    backoffMs: 1,
    onReset: (reason) => void got.push(`reset ${reason}`),
    onChange: ({ kind, id, version, data }) =>
      void got.push(`${kind} ${id}${version}${data === null ? ' deleted' : ''}`),
    onError: (error) => void errors.push((error as { code?: string }).code ?? (error as Error).name),
    ...handlers,
  });
  stops.push(() => {
    updates.stop();
    return updates.ended;
  });
  return updates;
}

let number = 0;
/** Begins a stream. */
function begin(response: ServerResponse): ServerResponse {
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  response.write('retry: 1\n');
  return response;
}
function send(response: ServerResponse, event: string, data: unknown, id = `id${(number += 1)}`): string {
  response.write(`event: ${event}\ndata: ${typeof data === 'string' ? data : JSON.stringify(data)}\nid: ${id}\n\n`);
  return id;
}
const item = (response: ServerResponse, id: string, version: number, data: object | null = {}) =>
  send(response, 'item', { id, version, changed: [], at: '2026-01-05T10:00:00.000Z', data });
const lastIds = () => server.seen.map(({ headers }) => headers['last-event-id']);

describe('live updates', () => {
  it('bring a reset and then changes, each version once, and never an older one', async () => {
    server.answer((response) => {
      send(begin(response), 'reset', { reason: 'new' });
      for (const [id, version] of [
        ['a', 2],
        ['a', 2],
        ['a', 1],
        ['b', 1],
        ['a', 3],
      ] as const)
        item(response, id, version);
      item(response, 'b', 2, null);
      send(response, 'from-the-future', 'no JSON');
      item(response, 'b', 1);
      send(response, 'profile', { id: 'u', version: 9, data: {} });
    });
    const updates = live();
    await eventually(() => expect(got.at(-1)).toBe('profile u9'));
    expect(got).toEqual(['reset new', 'item a2', 'item b1', 'item a3', 'item b2 deleted', 'profile u9']);
    expect(updates.state).toBe('open');
    expect(server.seen[0]).toMatchObject({ method: 'GET', url: '/api/realtime' });
    expect(server.seen[0]?.headers).toMatchObject({ authorization: 'Bearer token', accept: 'text/event-stream' });
  });

  it('begin anew when somebody else is signed in, instead of continuing for that person', async () => {
    const token = (sub: string) =>
      ['{}', JSON.stringify({ sub })].map((part) => Buffer.from(part).toString('base64url')).join('.');
    let who = 'ada';
    server.answer((response) => {
      send(begin(response), 'reset', { reason: 'new' });
      if (who === 'bob') return;
      item(response, 'a', 7);
      who = 'bob';
      response.end();
    });
    live({}, { getToken: () => token(who) });
    await eventually(() => expect(got.filter((one) => one === 'reset new')).toHaveLength(2));
    expect(lastIds()).toEqual([undefined, undefined]);
    expect(server.seen.map(({ headers }) => headers.authorization)).toEqual([
      `Bearer ${token('ada')}`,
      `Bearer ${token('bob')}`,
    ]);
    expect(errors).toEqual(['caller_changed']);
  });

  it('skip versions that the page knows from elsewhere', async () => {
    server.answer((response) => {
      send(begin(response), 'reset', { reason: 'new' });
      item(response, 'a', 2);
      item(response, 'a', 4);
    });
    const updates = live({ onReset: () => updates.know('item', { id: 'a', version: 3 }) });
    await eventually(() => expect(got).toEqual(['item a4']));
  });

  it('wait for each handler, so that changes come after what the reset fetches', async () => {
    server.answer((response) => {
      send(begin(response), 'reset', { reason: 'new' });
      item(response, 'a', 1);
    });
    let finish: (() => void) | undefined;
    live({ onReset: () => new Promise<void>((resolve) => (finish = resolve)).then(() => void got.push('fetched')) });
    await eventually(() => expect(finish).toBeDefined());
    expect(got).toEqual([]);
    finish?.();
    await eventually(() => expect(got).toEqual(['fetched', 'item a1']));
  });

  it('read events that arrive byte by byte, with every kind of line break', async () => {
    server.answer((response) => {
      const bytes = Buffer.from(
        'retry: 1\r\nevent: reset\r\ndata: {"reason":"new"}\r\nid: 1\r\n\r\n: comment\n\nevent: item\ndata: {"id":"é","version":1,\ndata: "data":{}}\nid: 2\n\n',
      );
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' });
      let at = 0;
      const next = (): void => {
        if (at < bytes.length) response.write(bytes.subarray(at, (at += 1)), () => setImmediate(next));
      };
      next();
    });
    live();
    await eventually(() => expect(got).toEqual(['reset new', 'item é1']));
  });
});

describe('a stream that ends', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['because the connection breaks', (response) => void response.destroy()],
    ['without a word', (response) => void response.end()],
    ['in the middle of an event', (response) => void response.end('event: item\ndata: {"id":"a","ver')],
    ['to be renewed', (response) => void response.end('retry: 1\nevent: closed\ndata: {"reason":"renew"}\n\n')],
    ['because the gateway stops', (response) => void response.end('event: closed\ndata: {"reason":"restarting"}\n\n')],
    ['for a reason from the future', (response) => void response.end('event: closed\ndata: {"reason":"odd"}\n\n')],
  ])('%s is resumed after the last event', async (_, end) => {
    let last = '';
    server.answer((response, __, times) => {
      begin(response);
      if (times > 1) {
        send(response, 'resumed', {});
        return void item(response, 'a', 2);
      }
      send(response, 'reset', { reason: 'new' });
      last = item(response, 'a', 1);
      setImmediate(() => end(response));
    });
    live();
    await eventually(() => expect(got).toEqual(['reset new', 'item a1', 'item a2']));
    expect(lastIds().slice(0, 2)).toEqual([undefined, last]);
  });

  it('is resumed after the wait of the client if the gateway asks for none', async () => {
    const waits = jest.spyOn(globalThis, 'setTimeout');
    try {
      server.answer(
        (response) => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end('retry: 0\n'),
      );
      const states: string[] = [];
      live({ backoffMs: 20_000, onState: (state) => void states.push(state) });
      await eventually(() => expect(states).toContain('waiting'));
      const waited = waits.mock.calls.map(([, ms = 0]) => ms);
      expect(waited.filter((ms) => ms >= 10_000 && ms <= 20_000)).toHaveLength(1);
    } finally {
      waits.mockRestore();
    }
  });

  it('is told to the page as states', async () => {
    const states: string[] = [];
    server.answer((response, _, times) => {
      if (times === 1) return void begin(response).end();
      send(begin(response), 'reset', { reason: 'new' });
    });
    const updates = live({ onState: (state) => void states.push(state) });
    await eventually(() => expect(got).toEqual(['reset new']));
    updates.stop();
    expect(await updates.ended).toEqual({ reason: 'stopped' });
    expect(states).toEqual(['connecting', 'open', 'waiting', 'connecting', 'open', 'ended']);
  });

  it('for good because access was revoked is not opened again', async () => {
    server.answer((response) => {
      send(begin(response), 'reset', { reason: 'new' });
      response.end('event: closed\ndata: {"reason":"revoked"}\n\n');
    });
    expect(await live().ended).toEqual({ reason: 'revoked' });
    expect(server.seen).toHaveLength(1);
  });

  it('because newer ones were opened is not opened again', async () => {
    server.answer((response) => void begin(response).end('event: closed\ndata: {"reason":"too_many_streams"}\n\n'));
    expect(await live().ended).toEqual({ reason: 'too_many_streams' });
  });
});

describe('a stream without heartbeats', () => {
  it('is given up after the silence that the options allow, and is resumed', async () => {
    server.answer((response, { headers }) => {
      const isResumed = headers['last-event-id'] === 'quiet';
      send(begin(response), isResumed ? 'resumed' : 'reset', { reason: 'new' }, 'quiet');
      if (isResumed) item(response, 'a', 1);
    });
    live({ silenceMs: 200 });
    await eventually(() => expect(got.at(-1)).toBe('item a1'));
    expect(errors[0]).toBe('timed_out');
  });
});

describe('a refusal', () => {
  it.each([
    [401, 'credential_missing'],
    [401, 'token_revoked'],
    [403, 'account_inactive'],
    [403, 'scope_insufficient'],
  ])('with %i %s ends live updates', async (status, code) => {
    server.answer((response) => problem(response, status, code));
    expect(await live().ended).toMatchObject({ reason: 'refused', error: { code, status } });
    expect(server.seen).toHaveLength(1);
  });

  it('of an expired token renews it, once', async () => {
    server.answer((response, { headers }) => {
      if (headers.authorization !== 'Bearer new') return problem(response, 401, 'token_expired');
      send(begin(response), 'reset', { reason: 'new' });
    });
    live({}, { getToken: (options) => (options?.skipCache === true ? 'new' : 'old') });
    await eventually(() => expect(got).toEqual(['reset new']));
    expect(server.seen).toHaveLength(2);
    server.answer((response) => problem(response, 401, 'token_expired'));
    expect(await live().ended).toMatchObject({ reason: 'refused', error: { code: 'token_expired' } });
  });

  it.each<[string, (response: ServerResponse) => void, string]>([
    ['503', (response) => problem(response, 503, 'realtime_unavailable'), 'realtime_unavailable'],
    ['429', (response) => problem(response, 429, 'rate_limited'), 'rate_limited'],
    ['the page of a proxy', (response) => void response.writeHead(404).end('<html>'), 'response_invalid'],
    ['a page instead of a stream', (response) => void response.writeHead(200).end('<html>'), 'response_invalid'],
    ['no response', (response) => void response.destroy(), 'network_failed'],
  ])('that may pass is tried again: %s', async (_, refuse, code) => {
    server.answer((response, __, times) => {
      if (times <= 2) return refuse(response);
      send(begin(response), 'reset', { reason: 'new' });
    });
    live();
    await eventually(() => expect(got).toEqual(['reset new']));
    expect(errors).toEqual([code, code]);
  });

  it('without a token, as while Clerk cannot be reached, is tried again', async () => {
    let asked = 0;
    server.answer((response) => void send(begin(response), 'reset', { reason: 'new' }));
    live({}, { getToken: () => ((asked += 1) > 1 ? 'token' : Promise.reject(new RangeError('offline'))) });
    await eventually(() => expect(got).toEqual(['reset new']));
    expect(errors).toEqual(['token_unavailable']);
  });
});

describe('a page that cannot use an event', () => {
  it.each<[string, (response: ServerResponse) => void, Partial<LiveOptions>, string]>([
    ['is no JSON', (response) => void send(response, 'item', '{"id":'), {}, 'EVENT_UNREADABLE'],
    ['has no version', (response) => void send(response, 'item', { id: 'a' }), {}, 'EVENT_UNREADABLE'],
    [
      'is endless',
      (response) => void response.write(`event: item\ndata: ${'x'.repeat(1_100_000)}`),
      {},
      'EVENT_UNREADABLE',
    ],
    [
      'its handler throws on',
      (response) => void item(response, 'bad', 1),
      {
        onChange: ({ id }) => {
          if (id === 'bad') throw new RangeError('a bug');
          got.push(id);
        },
      },
      'RangeError',
    ],
  ])('because it %s fetches everything again', async (_, breakIt, handlers, error) => {
    server.answer((response, __, times) => {
      send(begin(response), 'reset', { reason: 'new' });
      if (times === 1) breakIt(response);
    });
    live(handlers);
    await eventually(() => expect(got).toEqual(['reset new', 'reset new']));
    expect(lastIds()).toEqual([undefined, undefined]);
    expect(errors).toEqual([error]);
  });

  it('because the reset failed is asked to fetch again', async () => {
    server.answer((response) => void send(begin(response), 'reset', { reason: 'new' }));
    live({
      onReset: async () => {
        got.push('fetch');
        if (got.length < 3) throw new RangeError('the list cannot be fetched');
      },
    });
    await eventually(() => expect(got).toEqual(['fetch', 'fetch', 'fetch']));
    expect(errors).toEqual(['RangeError', 'RangeError']);
  });
});

describe('live updates that are stopped', () => {
  it.each<[string, (response: ServerResponse) => void]>([
    ['while a stream is open', (response) => void send(begin(response), 'reset', { reason: 'new' })],
    ['while the response is awaited', () => undefined],
    ['while they wait to connect again', (r) => problem(r, 503, 'unavailable', { headers: { 'retry-after': '20' } })],
  ])('end at once %s', async (_, behave) => {
    server.answer(behave);
    const leave = new AbortController();
    const updates = live({ signal: leave.signal });
    await eventually(() => expect(server.seen.length + got.length + errors.length).toBeGreaterThan(0));
    leave.abort();
    expect(await updates.ended).toEqual({ reason: 'stopped' });
    expect(updates.state).toBe('ended');
  });

  it('close the connection', async () => {
    let isClosed = false;
    server.answer((response) => {
      response.once('close', () => (isClosed = true));
      send(begin(response), 'reset', { reason: 'new' });
    });
    const updates = live();
    await eventually(() => expect(got).toEqual(['reset new']));
    updates.stop();
    await eventually(() => expect(isClosed).toBe(true));
  });

  it('before they began send nothing', async () => {
    server.answer((response) => response.destroy());
    expect(await live({ signal: AbortSignal.abort() }).ended).toEqual({ reason: 'stopped' });
    expect(server.seen).toEqual([]);
  });
});
