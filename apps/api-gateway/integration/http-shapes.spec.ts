import { once } from 'node:events';
import { connect } from 'node:net';
import { mintApiKey } from '@gatehouse/auth';
import { KeyGuesses } from '../src/authentication/key-guesses';
import { type AttackedGateway, CLERK_USER, startAttackedGateway } from './support/attacked-gateway';
import { mint } from './support/clerk-tokens';

const ORIGIN = 'https://app.example.com';
let gateway: AttackedGateway;
let token: string;

beforeAll(async () => {
  // The worst case: X-Forwarded-For of any client is trusted.
  gateway = await startAttackedGateway({ TRUST_PROXY: 'true', CORS_ORIGINS: ORIGIN });
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  gateway.reached.length = 0;
  token = await mint(gateway.pair, CLERK_USER);
});

interface Answers {
  /** Of every response on the connection, in order. */
  readonly statuses: number[];
  readonly codes: string[];
  readonly text: string;
}

/** Sends raw bytes and returns everything that comes back until the connection closes. */
async function exchange(bytes: string): Promise<Answers> {
  const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
  socket.setTimeout(50_000, () => socket.destroy());
  let text = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  socket.on('error', () => undefined);
  socket.write(Buffer.from(bytes, 'latin1'));
  await once(socket, 'close');
  const all = (pattern: RegExp) => [...text.matchAll(pattern)].map(([, found]) => found ?? '');
  return { statuses: all(/HTTP\/1\.1 (\d{3})/g).map(Number), codes: all(/"code":"(\w+)"/g), text };
}

const HOST = 'Host: api.example.com\r\n';
const CLOSE = 'Connection: close\r\n';
const ada = () => `Authorization: Bearer ${token}\r\n`;
const message = (line: string, headers = '', body = '') => `${line} HTTP/1.1\r\n${HOST}${CLOSE}${headers}\r\n${body}`;
const typed = (type: string, body: string) => `Content-Type: ${type}\r\nContent-Length: ${body.length}\r\n`;
const patch = (body: string, type = 'application/json') => message('PATCH /api/me', ada() + typed(type, body), body);
const patchWith = (headers: string, body = '{}') =>
  message('PATCH /api/me', `${ada()}Content-Type: application/json\r\n${headers}`, body);

type Shape = readonly [name: string, bytes: () => string, statuses: number[], codes: string[]];

describe('an ambiguous message reaches no service:', () => {
  const shapes: Shape[] = [
    ['HTTP/2 without being asked', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', [400], ['bad_request']],
    ['a future HTTP version', () => message('GET /api/me', ada()).replace('1.1', '1.2'), [400], ['bad_request']],
    ['no Host', () => `GET /api/me HTTP/1.1\r\n${CLOSE}${ada()}\r\n`, [400], ['bad_request']],
    ['bare line feeds', () => message('GET /api/me', ada()).replaceAll('\r\n', '\n'), [400], ['bad_request']],
    ['a carriage return in a header', () => message('GET /api/me', `X-A: a\r${ada()}`), [400], ['bad_request']],
    ['a space before the colon', () => message('GET /api/me', ada().replace(':', ' :')), [400], ['bad_request']],
    ['chunks, then identity', () => patchWith('Transfer-Encoding: chunked, identity\r\n'), [400], ['bad_request']],
    [
      'two Transfer-Encoding headers',
      () => patchWith('Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n'),
      [400],
      ['bad_request'],
    ],
    [
      'a space before the colon of Transfer-Encoding',
      () => patchWith('Transfer-Encoding : chunked\r\n'),
      [400],
      ['bad_request'],
    ],
    ['a vertical tab before chunked', () => patchWith('Transfer-Encoding: \x0bchunked\r\n'), [400], ['bad_request']],
    [
      'a line feed in a chunk extension',
      () => patchWith('Transfer-Encoding: chunked\r\n', '2;a=\n\r\n{}\r\n0\r\n\r\n'),
      [400],
      ['bad_request'],
    ],
    ['a length with a plus', () => patchWith('Content-Length: +2\r\n'), [400], ['bad_request']],
    ['a list of lengths', () => patchWith('Content-Length: 2, 2\r\n'), [400], ['bad_request']],
    ['a length in hex', () => patchWith('Content-Length: 0x2\r\n'), [400], ['bad_request']],
    ['a negative length', () => patchWith('Content-Length: -2\r\n'), [400], ['bad_request']],
    ['a length of 30 digits', () => patchWith(`Content-Length: ${'9'.repeat(30)}\r\n`), [400], ['bad_request']],
    [
      'an unknown expectation',
      () => patchWith('Expect: nonsense\r\nContent-Length: 2\r\n'),
      [417],
      ['expectation_failed'],
    ],
    [
      'a credential in a trailer',
      () =>
        message(
          'PATCH /api/me',
          'Content-Type: application/json\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n',
          `2\r\n{}\r\n0\r\n${ada()}\r\n`,
        ),
      [401],
      ['credential_missing'],
    ],
    [
      'a credential after more headers than are read',
      () => message('GET /api/me', 'a:\r\n'.repeat(2_500) + ada() + ada()),
      [431],
      ['headers_too_large'],
    ],
    [
      'underscores instead of dashes',
      () => message('GET /api/me', `X_API_Key: ${gateway.key()}\r\n`),
      [401],
      ['credential_missing'],
    ],
    [
      'an upgrade to HTTP/2',
      () => message('GET /api/me', 'Upgrade: h2c\r\nHTTP2-Settings: AAMA\r\n'),
      [401],
      ['credential_missing'],
    ],
    [
      'a token in the query of a whole URL',
      () => message(`GET http://api.example.com/api/me?token=${token}`, ada()),
      [400],
      ['credential_in_query'],
    ],
    ['a path escaped twice', () => message('GET /%2561dmin/users', ada()), [404], ['not_found']],
    ['dots, escaped', () => message('GET /docs/..%2f..%2fpackage.json'), [404], ['not_found']],
  ];
  it.each(shapes)('%s', async (_, bytes, statuses, codes) => {
    const answer = await exchange(bytes());
    expect([answer.statuses, answer.codes]).toEqual([statuses, codes]);
    expect(gateway.reached).toEqual([]);
    expect(answer.text).not.toContain(token);
  });
});

describe('a route is guarded in every spelling:', () => {
  const shapes: Shape[] = [
    ['escaped', () => message('GET /%61dmin/users', ada()), [403], ['role_insufficient']],
    ['escaped, without a credential', () => message('GET /%61dmin/users'), [401], ['credential_missing']],
    [
      'as a whole URL of another host',
      () => message('GET http://evil.example/admin/users', ada()),
      [403],
      ['role_insufficient'],
    ],
    ['with a fragment', () => message('GET /admin/users#/api/me', ada()), [403], ['role_insufficient']],
    ['by HEAD', () => message('HEAD /admin/users', ada()), [403], []],
    ['by OPTIONS', () => message('OPTIONS /admin/users', ada()), [405], ['method_not_allowed']],
    [
      'with a method override',
      () => message('POST /api/me?_method=PATCH', `${ada()}X-HTTP-Method-Override: PATCH\r\n`),
      [405],
      ['method_not_allowed'],
    ],
    ['over HTTP/1.0', () => `GET /admin/users HTTP/1.0\r\n${ada()}\r\n`, [403], ['role_insufficient']],
  ];
  it.each(shapes)('%s', async (_, bytes, statuses, codes) => {
    const answer = await exchange(bytes());
    expect([answer.statuses, answer.codes]).toEqual([statuses, codes]);
    expect(gateway.reached).toEqual([]);
  });

  it('each request on a connection needs its own credential', async () => {
    const first = `GET /api/me HTTP/1.1\r\n${HOST}${ada()}\r\n`;
    const { statuses, codes } = await exchange(first + message('GET /api/me'));
    expect([statuses, codes]).toEqual([[200, 401], ['credential_missing']]);
    expect(gateway.reached).toHaveLength(1);
  });

  it('the content of a body is not parsed as a request', async () => {
    const inner = `GET /admin/users HTTP/1.1\r\n${HOST}\r\n`;
    const outer = `GET /api/me HTTP/1.1\r\n${HOST}${ada()}Content-Length: ${inner.length}\r\n\r\n${inner}`;
    const { statuses } = await exchange(outer + message('GET /api/me'));
    expect(statuses).toEqual([200, 401]);
  });
});

describe('only valid JSON bodies and queries are accepted:', () => {
  const deep = (depth: number) => `{"city":${'['.repeat(depth)}${']'.repeat(depth)}}`;
  const key = (limit: string) => {
    const body = `{"name":"a","scopes":["*:*"],"rateLimit":${limit}}`;
    return message('POST /api/keys', ada() + typed('application/json', body), body);
  };
  const shapes: Shape[] = [
    ['two types', () => patch('{}', 'application/json, text/plain'), [415], ['media_type_unsupported']],
    ['JSON as a parameter', () => patch('{}', 'text/plain; application/json'), [415], ['media_type_unsupported']],
    ['text/json', () => patch('{}', 'text/json'), [415], ['media_type_unsupported']],
    ['a type with the same prefix', () => patch('{}', 'application/jsonp'), [415], ['media_type_unsupported']],
    [
      'no type',
      () => message('PATCH /api/me', `${ada()}Content-Length: 2\r\n`, '{}'),
      [415],
      ['media_type_unsupported'],
    ],
    ['30 000 levels', () => patch(deep(30_000)), [400], ['invalid_json']],
    ['60 000 brackets', () => patch('['.repeat(60_000)), [400], ['invalid_json']],
    ['an infinite number', () => key('1e400'), [400], ['invalid_json']],
    ['a number beyond the largest integer', () => key('99999999999999999999'), [400], ['invalid_request']],
    ['not a number', () => key('NaN'), [400], ['invalid_json']],
    ['a repeated parameter', () => message('GET /api/keys?limit=1&limit=2', ada()), [400], ['invalid_request']],
    ['a parameter as list', () => message('GET /api/keys?limit[]=1', ada()), [400], ['invalid_request']],
    [
      'a very long cursor',
      () => message(`GET /api/keys?cursor=${'a'.repeat(3_000)}`, ada()),
      [400],
      ['invalid_request'],
    ],
  ];
  it.each(shapes)('%s', async (_, bytes, statuses, codes) => {
    const answer = await exchange(bytes());
    expect([answer.statuses, answer.codes]).toEqual([statuses, codes]);
    expect(gateway.reached).toEqual([]);
  });
});

const from = (address: string) => `X-Forwarded-For: ${address}\r\n`;
const logIn = (address: string, email: string) => {
  const body = JSON.stringify({ email, password: 'wrong' });
  return exchange(message('POST /auth/login', from(address) + typed('application/json', body), body));
};

describe('an address with a port from a proxy', () => {
  it.each([
    ['IPv4', (port: number) => `198.51.100.7:${port}`, '198.51.100.8:40001'],
    ['IPv6', (port: number) => `[2001:db8::7]:${port}`, '[2001:db8:1::7]:40001'],
    ['quoted', (port: number) => `"[2001:db8:2::7]:${port}"`, '"[2001:db8:3::7]:40001"'],
  ])('counts as one client for every port: %s', async (name, address, other) => {
    const codes = [];
    for (let port = 40_000; port < 40_006; port++) {
      codes.push(...(await logIn(address(port), `${name}@example.com`)).codes);
    }
    codes.push(...(await logIn(other, `${name}@example.com`)).codes);
    const wrong = 'invalid_credentials';
    expect(codes).toEqual([...Array.from({ length: 5 }, () => wrong), 'rate_limited', wrong]);
  });
});

describe('an invalid address in X-Forwarded-For', () => {
  it('neither blocks logins of others nor grants extra attempts', async () => {
    const codes = [];
    for (let serial = 0; serial < 7; serial++) {
      codes.push(...(await logIn(`${serial}${'x'.repeat(300)}`, 'mallory@example.com')).codes);
    }
    expect(codes).toEqual([
      ...Array.from({ length: 5 }, () => 'invalid_credentials'),
      ...Array.from({ length: 2 }, () => 'rate_limited'),
    ]);
  });

  it('can guess no more API keys than a valid one', async () => {
    const draw = jest.spyOn(KeyGuesses.prototype, 'draw').mockReturnValue(0.999);
    const statuses = [];
    for (let serial = 0; serial < 22; serial++) {
      const guess = mintApiKey({ environment: 'prod', random: new Uint8Array(32).fill(100 + serial) });
      const answer = await exchange(message('GET /api/me', `${from(`none-${serial}`)}X-API-Key: ${guess}\r\n`));
      statuses.push(...answer.statuses);
    }
    draw.mockRestore();
    expect(statuses).toEqual([...Array.from({ length: 20 }, () => 401), 429, 429]);
  });
});

it('Vary names every header that a response depends on', async () => {
  const { text } = await exchange(message('GET /api/clerk/syncUsers', `${ada()}Origin: ${ORIGIN}\r\n`));
  const vary = /^vary: (.*)$/im.exec(text)?.[1]?.split(/,\s*/).sort();
  expect(vary).toEqual(['Authorization', 'Cookie', 'Origin', 'Referer']);
});
