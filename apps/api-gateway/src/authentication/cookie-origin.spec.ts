import { OriginList } from '@gatehouse/config';
import { CookieOriginError } from '../errors';
import { requireCookieOrigin } from './cookie-origin';

const listed = new OriginList(['https://app.example.com', 'https://*.preview.example.com']);

function send(method: string, ...headers: [name: string, value: string][]): void {
  requireCookieOrigin(
    {
      ...{ id: 'r', method, url: '/', ip: '' },
      rawHeaders: headers.flat(),
      headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    },
    listed,
  );
}

describe('a request with a session cookie', () => {
  it.each(['GET', 'HEAD'])('may leave out Origin with %s', (method) => expect(() => send(method)).not.toThrow());

  it.each(['GET', 'POST', 'DELETE'])('may come from a page of a listed origin with %s', (method) => {
    expect(() => send(method, ['Origin', 'https://app.example.com'])).not.toThrow();
    expect(() => send(method, ['origin', 'https://pr-1.preview.example.com'])).not.toThrow();
  });

  it.each<[string, ...Parameters<typeof send>]>([
    ...['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'CONNECT', 'post', 'get', 'PURGE'].map(
      (method): [string, string] => [`${method} without Origin`, method],
    ),
    ['an upgrade without Origin', 'GET', ['Upgrade', 'websocket']],
    ['a WebSocket of which a proxy dropped Upgrade', 'GET', ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ==']],
    ['a WebSocket over HTTP/2', 'GET', ['Sec-WebSocket-Version', '13']],
    ['an opaque origin', 'POST', ['Origin', 'null']],
    ['an opaque origin that reads', 'GET', ['Origin', 'null']],
    ['an empty Origin', 'POST', ['Origin', '']],
    ['another site', 'POST', ['Origin', 'https://evil.example']],
    ['another site that reads', 'GET', ['Origin', 'https://evil.example']],
    ['a sibling domain', 'POST', ['Origin', 'https://www.example.com']],
    ['a subdomain', 'POST', ['Origin', 'https://evil.app.example.com']],
    ['another scheme', 'POST', ['Origin', 'http://app.example.com']],
    ['another port', 'POST', ['Origin', 'https://app.example.com:444']],
    ['two origins in one header', 'POST', ['Origin', 'https://app.example.com https://evil.example']],
    ['two headers', 'POST', ['Origin', 'https://app.example.com'], ['origin', 'https://app.example.com']],
    ['a Referer alone', 'POST', ['Referer', 'https://app.example.com/']],
    ['Sec-Fetch-Site alone', 'POST', ['Sec-Fetch-Site', 'same-origin']],
  ])('is refused: %s', (_, ...request) => expect(() => send(...request)).toThrow(CookieOriginError));
});
