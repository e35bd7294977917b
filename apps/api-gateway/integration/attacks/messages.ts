import { gzipSync } from 'node:zlib';
import { CLERK_USER } from '../support/attacked-gateway';
import { mint } from '../support/clerk-tokens';
import { type RawRequest } from '../support/raw-request';
import { bearer, json, target, type Attack, type AttackTable, type Case } from './attack';
import { asAda } from './identities';

const upgrade = (protocol: string): Attack => ({
  request: {
    headers: [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', protocol],
    ],
  },
});
/** Update of Ada's profile with exactly these bytes, one per character. */
const changing = (body: string) => asAda(json(body, { method: 'PATCH' }));
const asAdmin = async (request: RawRequest) => bearer(await mint(target().pair, 'user_admin'), request);
const admin = (path: string): Attack => ({ request: { path } });

export const messages: AttackTable = {
  title: 'an unusual path or message does not bypass a check',
  cases: [
    ['dots in the path', 404, 'not_found', () => admin('/api/../admin/users')],
    ['two slashes', 404, 'not_found', () => admin('//admin/users')],
    ['capitals', 404, 'not_found', () => admin('/ADMIN/users')],
    ['a slash at the end', 401, 'credential_missing', () => admin('/admin/users/')],
    ['two slashes at the end', 404, 'not_found', () => admin('/api/me//')],
    ['two slashes in the middle', 404, 'not_found', () => admin('/admin//users')],
    ['a slash at the end, as another user', 403, 'role_insufficient', () => asAda({ path: '/admin/users/' })],
    ['an escaped slash', 404, 'not_found', () => admin('/admin%2fusers')],
    ['a semicolon', 404, 'not_found', () => admin('/admin/users;x')],
    ['a NUL', 404, 'not_found', () => admin('/admin/users%00')],
    ['escaped dots', 404, 'not_found', () => admin('/api/%2e%2e/admin/users')],
    ['a dot in the path', 404, 'not_found', () => admin('/./admin/users')],
    ['dots behind a semicolon', 404, 'not_found', () => admin('/api/me/..;/admin/users')],
    ['a slash escaped twice', 404, 'not_found', () => admin('/admin%252fusers')],
    ['backslashes', 404, 'not_found', () => admin('/admin\\users')],
    ['a space at the end', 404, 'not_found', () => admin('/admin/users%20')],
    ['an extension', 404, 'not_found', () => admin('/admin/users.json')],
    ['an escaped letter', 401, 'credential_missing', () => admin('/%61dmin/users')],
    ['a host before the path', 401, 'credential_missing', () => admin('http://evil.example/admin/users')],
    [
      'another path by header',
      401,
      'credential_missing',
      () => ({
        request: {
          headers: [
            ['X-Original-URL', '/docs'],
            ['X-Rewrite-URL', '/docs'],
          ],
        },
      }),
    ],
    [
      'another method by header',
      405,
      'method_not_allowed',
      async () =>
        asAda({
          method: 'POST',
          headers: [
            ['X-HTTP-Method-Override', 'PATCH'],
            ['X-HTTP-Method', 'PATCH'],
            ['X-Method-Override', 'PATCH'],
          ],
        }),
    ],
    [
      'another method by query',
      405,
      'method_not_allowed',
      () => asAda({ method: 'POST', path: '/api/me?_method=PATCH' }),
    ],
    ['an upgrade', 401, 'credential_missing', () => upgrade('h2c')],
    ['an upgrade to a socket', 401, 'credential_missing', () => upgrade('websocket')],
    ['a repeated limit', 400, 'invalid_request', () => asAda({ path: '/api/keys?limit=1&limit=2' })],
    ['a list as limit', 400, 'invalid_request', () => asAda({ path: '/api/keys?limit[]=1' })],
    ['a prototype in the query', 400, 'invalid_request', () => asAda({ path: '/api/keys?__proto__[role]=admin' })],
    ['a constructor in the query', 400, 'invalid_request', () => asAda({ path: '/api/keys?constructor=x' })],
    [
      'a body in gzip',
      400,
      'json_encoding_invalid',
      () =>
        asAda({
          method: 'PATCH',
          body: gzipSync('{"city":"Pune"}').toString('latin1'),
          headers: [
            ['Content-Type', 'application/json'],
            ['Content-Encoding', 'gzip'],
          ],
        }),
    ],
    [
      'JSON in another charset',
      400,
      'invalid_json',
      () =>
        asAda({
          method: 'PATCH',
          body: Buffer.from('{"city":"Pune"}', 'utf16le').toString('latin1'),
          headers: [['Content-Type', 'application/json; charset=utf-16']],
        }),
    ],
    ['bytes that are not UTF-8', 400, 'json_encoding_invalid', () => changing('{"city":"Pune\xff"}')],
    ['truncated UTF-8', 400, 'json_encoding_invalid', () => changing('{"city":"\xe2\x82"}')],
    ['overlong UTF-8', 400, 'json_encoding_invalid', () => changing('{"city":"\xc0\xaf"}')],
    ['a surrogate in UTF-8', 400, 'json_encoding_invalid', () => changing('{"city":"\xed\xa0\x80"}')],
    ['an unpaired surrogate', 400, 'invalid_request', () => changing('{"city":"\\ud800"}')],
    ['surrogates in reverse order', 400, 'invalid_request', () => changing('{"city":"\\udc00\\ud800"}')],
    ['a NUL in a text', 400, 'invalid_request', () => changing('{"city":"Pune\\u0000"}')],
    ['a repeated member', 400, 'json_member_repeated', () => changing('{"city":"Pune","city":"Goa"}')],
    [
      'a repeated member in another spelling',
      400,
      'json_member_repeated',
      () => changing('{"city":"a","\\u0063ity":"b"}'),
    ],
    [
      'a repeated nested member',
      400,
      'json_member_repeated',
      () => changing('{"socialLinks":{"x":"https://a.example","x":"https://b.example"}}'),
    ],
    ['33 levels', 400, 'invalid_json', () => changing(`{"city":${'['.repeat(33)}${']'.repeat(33)}}`)],
    ['null as body', 400, 'invalid_request', () => changing('null')],
    ['a list as body', 400, 'invalid_request', () => changing('[]')],
    [
      'a prototype among links',
      400,
      'invalid_request',
      () => changing('{"socialLinks":{"__proto__":"https://a.example"}}'),
    ],
    [
      'a constructor among links',
      400,
      'invalid_request',
      () => changing('{"socialLinks":{"constructor":"https://a.example"}}'),
    ],
    [
      'a link with a deceptive host',
      400,
      'invalid_request',
      () => changing('{"website":"https://paypal.com@evil.example/"}'),
    ],
    [
      'a social link with a deceptive host',
      400,
      'invalid_request',
      () => changing('{"socialLinks":{"x":"https://paypal.com@evil.example/"}}'),
    ],
    [
      'an unexpected body',
      400,
      'invalid_request',
      () => asAda(json({ all: true }, { method: 'POST', path: '/auth/logout' })),
    ],
    ['an unexpected query parameter', 400, 'invalid_request', () => asAda({ path: '/api/me?as=admin' })],
    ['an invalid escape', 400, 'bad_request', () => admin('/admin/%zz')],
    ['TRACE', 405, 'method_not_allowed', () => ({ request: { method: 'TRACE' } })],
    [
      'two Content-Length headers',
      400,
      'bad_request',
      () => ({
        request: {
          method: 'PATCH',
          headers: [
            ['Content-Length', '1'],
            ['Content-Length', '2'],
          ],
        },
      }),
    ],
    [
      'Content-Length with chunks',
      400,
      'bad_request',
      () => ({
        request: {
          method: 'PATCH',
          headers: [
            ['Content-Length', '1'],
            ['Transfer-Encoding', 'chunked'],
          ],
        },
      }),
    ],
    [
      'an unreadable body without a credential',
      401,
      'credential_missing',
      () => ({ request: json('{', { method: 'PATCH' }) }),
    ],
    [
      'a misspelled transfer coding',
      400,
      'bad_request',
      async () =>
        bearer(await mint(target().pair, CLERK_USER), {
          method: 'PATCH',
          headers: [['Transfer-Encoding', 'xchunked']],
        }),
    ],
    ...['2027-01-01T00:00:00+16:00', '2016-12-31T23:59:60Z', `2027-01-01T00:00:00.${'1'.repeat(120)}Z`].flatMap(
      (time): Case[] => [
        [
          `the time ${time} in a filter`,
          400,
          'invalid_request',
          () => asAdmin({ path: `/admin/audit?since=${encodeURIComponent(time)}` }),
        ],
        [
          `the time ${time} in a redrive`,
          400,
          'invalid_request',
          () => asAdmin(json({ filter: { until: time } }, { method: 'POST', path: '/admin/webhook-events/redrive' })),
        ],
        [
          `the time ${time} as the expiry of a key`,
          400,
          'invalid_request',
          () => asAda(json({ name: 'ci', scopes: ['*:*'], expiresAt: time }, { method: 'POST', path: '/api/keys' })),
        ],
      ],
    ),
    [
      'an invalid id',
      400,
      'invalid_request',
      async () => bearer(await mint(target().pair, CLERK_USER), { method: 'DELETE', path: '/api/keys/1%20OR%201=1' }),
    ],
  ],
};
