import { gzipSync } from 'node:zlib';
import { CLERK_USER } from '../support/attacked-gateway';
import { mint } from '../support/clerk-tokens';
import { bearer, json, target, type Attack, type AttackTable } from './attack';
import { asAda } from './identities';

const upgrade = (protocol: string): Attack => ({
  request: {
    headers: [
      ['Connection', 'Upgrade, HTTP2-Settings'],
      ['Upgrade', protocol],
    ],
  },
});
const admin = (path: string): Attack => ({ request: { path } });

export const messages: AttackTable = {
  title: 'a path or a message that would slip past is refused',
  cases: [
    ['dots in the path', 404, 'not_found', () => admin('/api/../admin/users')],
    ['two slashes', 404, 'not_found', () => admin('//admin/users')],
    ['capitals', 404, 'not_found', () => admin('/ADMIN/users')],
    // To whoever has no credential: with one there is no such user.
    ['a slash at the end', 401, 'credential_missing', () => admin('/admin/users/')],
    ['an escaped slash', 404, 'not_found', () => admin('/admin%2fusers')],
    ['a semicolon', 404, 'not_found', () => admin('/admin/users;x')],
    ['a NUL', 404, 'not_found', () => admin('/admin/users%00')],
    ['escaped dots', 404, 'not_found', () => admin('/api/%2e%2e/admin/users')],
    ['a dot in the path', 404, 'not_found', () => admin('/./admin/users')],
    ['dots behind a semicolon', 404, 'not_found', () => admin('/api/me/..;/admin/users')],
    ['a slash escaped twice', 404, 'not_found', () => admin('/admin%252fusers')],
    ['backslashes', 404, 'not_found', () => admin('/admin\\users')],
    ['a blank at the end', 404, 'not_found', () => admin('/admin/users%20')],
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
    ['a limit twice', 400, 'invalid_request', () => asAda({ path: '/api/keys?limit=1&limit=2' })],
    ['a list for a limit', 400, 'invalid_request', () => asAda({ path: '/api/keys?limit[]=1' })],
    ['a prototype in the query', 400, 'invalid_request', () => asAda({ path: '/api/keys?__proto__[role]=admin' })],
    ['a constructor in the query', 400, 'invalid_request', () => asAda({ path: '/api/keys?constructor=x' })],
    [
      'a body in gzip',
      400,
      'invalid_json',
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
    ['a broken escape', 400, 'bad_request', () => admin('/admin/%zz')],
    ['TRACE', 405, 'method_not_allowed', () => ({ request: { method: 'TRACE' } })],
    [
      'two lengths',
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
      'a length and chunks',
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
      'a body that cannot be read, of nobody',
      401,
      'credential_missing',
      () => ({ request: json('{', { method: 'PATCH' }) }),
    ],
    [
      'chunks in disguise',
      415,
      'media_type_unsupported',
      async () =>
        bearer(await mint(target().pair, CLERK_USER), {
          method: 'PATCH',
          headers: [['Transfer-Encoding', 'xchunked']],
        }),
    ],
    [
      'an id that is none',
      400,
      'invalid_request',
      async () => bearer(await mint(target().pair, CLERK_USER), { method: 'DELETE', path: '/api/keys/1%20OR%201=1' }),
    ],
  ],
};
