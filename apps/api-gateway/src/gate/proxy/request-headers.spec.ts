import { type IncomingHttpHeaders } from 'node:http';
import { type Exchange } from '@gatehouse/http-edge';
import { type Caller } from '../../caller/caller';
import { type Upstream } from '../policy/route';
import { requestHeaders } from './request-headers';

const upstream = { identityHeaders: 'assertion' } as Upstream;
const caller = { principal: { userId: 'u1', role: 'user', tier: 'pro' } } as Caller;
const KEY = `sk_prod_${'a'.repeat(43)}_abcdef`;

function sent(rawHeaders: string[], by: Caller | null = caller, to: Partial<Upstream> = {}): [string, string][] {
  const headers: IncomingHttpHeaders = {};
  for (let at = 0; at < rawHeaders.length; at += 2) headers[rawHeaders[at]!.toLowerCase()] = rawHeaders[at + 1];
  const exchange = { id: 'r1', clientAddress: '192.0.2.7', sawHttps: true, request: { rawHeaders, headers } };
  const list = requestHeaders(exchange as unknown as Exchange, {
    upstream: { ...upstream, ...to },
    clerkCookies: to.clerkCookies ?? 'strip',
    caller: by ?? undefined,
    assertion: by === null ? undefined : 'signed',
  });
  return list.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), list[at + 1]!] as [string, string]] : []));
}

const own = [
  'x-request-id',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'via',
  'x-gatehouse-assertion',
];
const passed = (...given: Parameters<typeof sent>) => sent(...given).filter(([name]) => !own.includes(name));

describe('headers for an upstream', () => {
  it('are those of the client, in their order, and those of the gate', () => {
    expect(sent(['Host', 'shop:8080', 'Accept', '*/*', 'X-A', '1', 'X-A', '2'])).toEqual([
      ['accept', '*/*'],
      ['x-a', '1'],
      ['x-a', '2'],
      ['x-request-id', 'r1'],
      ['x-forwarded-for', '192.0.2.7'],
      ['x-forwarded-proto', 'https'],
      ['x-forwarded-host', 'shop:8080'],
      ['via', '1.1 gatehouse'],
      ['x-gatehouse-assertion', 'signed'],
    ]);
  });

  it.each([
    ...['X-Gatehouse-Role', 'x_gatehouse_role', 'X.Gatehouse.Role', 'X-Gatehouse', 'x!gatehouse~tier'],
    ...['X-Forwarded-For', 'X_Forwarded_Host', 'X-Forwarded-User', 'Forwarded', 'X-Real-IP', 'x_real_ip'],
    ...['X-Original-URL', 'X_Rewrite_URL', 'X-HTTP-Method-Override', 'x_http_method', 'X-Request-Id'],
    ...['Keep-Alive', 'TE', 'Trailer', 'Upgrade', 'Proxy-Authorization', 'HTTP2-Settings', 'Expect'],
    ...['Transfer-Encoding', 'Transfer_Encoding', 'Content_Length', 'content.length', 'Proxy', 'X-Original-Method'],
    ...['Sec-WebSocket-Protocol', 'X_Original_URI', 'X-Envoy-Original-Path'],
  ])('never include %s of the client', (name) => {
    for (const by of [caller, null]) expect(passed([name, 'spoofed'], by)).toEqual([]);
  });

  it.each(['X-Gatehouses', 'X-Forward', 'X-Role', 'X-User-Id', 'Via', 'Traceparent', 'Content-Length'])(
    'include %s',
    (name) => {
      expect(sent([name, 'mine'])).toContainEqual([name.toLowerCase(), 'mine']);
    },
  );

  it('leave out what Connection names, but nothing of the gate', () => {
    const list = sent(['Connection', 'keep-alive, X-Secret , x-gatehouse-assertion', 'X-Secret', '1', 'X-Other', '2']);
    expect(list.filter(([name]) => name.startsWith('x-secret') || name === 'connection')).toEqual([]);
    expect(list).toContainEqual(['x-other', '2']);
    expect(list).toContainEqual(['x-gatehouse-assertion', 'signed']);
  });

  it.each<[string, string, string, boolean, boolean]>([
    ['a session token', 'Authorization', 'Bearer eyJ.e30.x', false, true],
    ['an API key', 'X-API-Key', KEY, false, false],
    ['an API key as Bearer', 'authorization', `bearer ${KEY}`, false, false],
    ['another key', 'x-api-key', 'theirs', false, true],
    ['Basic', 'Authorization', 'Basic dTpw', true, true],
  ])('with %s: from a caller, and on a public route', (_, name, value, fromCaller, onPublic) => {
    expect([passed([name, value]).length === 1, passed([name, value], null).length === 1]).toEqual([
      fromCaller,
      onPublic,
    ]);
    expect(sent([name, value], null).some(([header]) => header.startsWith('x-gatehouse'))).toBe(false);
  });

  it("have Clerk's cookies only for an upstream that wants them", () => {
    const cookies = 'a=1; __session=x; __session_ab=y; __client_uat=1; __clerk_db_jwt=z; b=2';
    expect(passed(['Cookie', cookies])).toEqual([['cookie', 'a=1; b=2']]);
    expect(passed(['Cookie', '__session=x'])).toEqual([]);
    expect(passed(['Cookie', cookies], caller, { clerkCookies: 'pass' })).toEqual([['cookie', cookies]]);
  });

  it('say who is calling in plain text only for an upstream that wants it', () => {
    expect(passed(['X-Gatehouse-Role', 'admin'], caller, { identityHeaders: 'plain' })).toEqual([
      ['x-gatehouse-user-id', 'u1'],
      ['x-gatehouse-role', 'user'],
      ['x-gatehouse-tier', 'pro'],
    ]);
    expect(passed([], null, { identityHeaders: 'plain' })).toEqual([]);
  });
});
