import fc from 'fast-check';
import { type NormalPath, type PathFault, fold, normalizePath } from './normal-path';

/** The normal form of a target that must be accepted. */
function normal(target: string): NormalPath {
  const result = normalizePath(target);
  if ('fault' in result) throw new Error(`${target} is rejected: ${result.fault}`);
  return result;
}

describe('normalizePath', () => {
  it.each([
    ['/', '/', []],
    ['/orders', '/orders', ['orders']],
    ['/orders/', '/orders/', ['orders']],
    ['/orders/17/items', '/orders/17/items', ['orders', '17', 'items']],
    ['/%6Frders/%7Eme/a%2Eb', '/orders/~me/a.b', ['orders', '~me', 'a.b']],
    ['/caf%c3%a9', '/caf%C3%A9', ['café']],
    ['/a%20b', '/a%20b', ['a b']],
    ['/100%25', '/100%25', ['100%']],
    ['/[id]|{x}^`"<>', '/%5Bid%5D%7C%7Bx%7D%5E%60%22%3C%3E', ['[id]|{x}^`"<>']],
    ['/%5Bid%5D', '/%5Bid%5D', ['[id]']],
    ["/a!$&'()*+,=:@b", "/a!$&'()*+,=:@b", ["a!$&'()*+,=:@b"]],
    ['/a%24b', '/a%24b', ['a$b']],
    ['/.well-known/jwks.json', '/.well-known/jwks.json', ['.well-known', 'jwks.json']],
    ['/...a/..b/c..', '/...a/..b/c..', ['...a', '..b', 'c..']],
  ])('keeps the meaning of %s', (target, path, segments) => {
    expect(normal(target)).toEqual({ path, segments, endsWithSlash: path.length > 1 && path.endsWith('/'), query: '' });
  });

  it('keeps the query as it is, also what a path could not hold', () => {
    expect(normal('/a?next=/../b;c//d&e=%2e%2e%2f\\%00?f')).toEqual({
      path: '/a',
      segments: ['a'],
      endsWithSlash: false,
      query: '?next=/../b;c//d&e=%2e%2e%2f\\%00?f',
    });
    expect(normal('/?')).toMatchObject({ path: '/', query: '?' });
  });

  /** What attackers send so that two servers read different paths. The comment names where it worked. */
  const confusions: readonly (readonly [target: string, fault: PathFault, source: string])[] = [
    ['/public/../admin', 'dot_segment', 'CVE-2019-9901 Envoy, CVE-2025-32431 Traefik'],
    ['/public/..', 'dot_segment', 'CVE-2019-9901 Envoy'],
    ['/./admin', 'dot_segment', 'OWASP path traversal'],
    ['/public/%2e%2e/admin', 'dot_segment', 'CVE-2021-41773 Apache'],
    ['/public/.%2e/admin', 'dot_segment', 'CVE-2021-41773 Apache'],
    ['/public/%2E./admin', 'dot_segment', 'CVE-2021-28164 Jetty'],
    ['/public/.../admin', 'dot_segment', 'OWASP path traversal'],
    ['/public/..../admin', 'dot_segment', 'filters that remove ../ once'],
    ['/public/..%20/admin', 'dot_segment', 'Windows ignores spaces at the end'],
    ['/%20/admin', 'dot_segment', 'servers that trim segments'],
    ['/public/%252e%252e/admin', 'double_escape', 'CVE-2021-42013 Apache'],
    ['/public/%25252e%25252e/admin', 'double_escape', 'three times encoded'],
    ['/public%252fadmin', 'double_escape', 'CVE-2021-29492 Envoy'],
    ['/public/%%32%65%%32%65/admin', 'escape', 'CVE-2021-42013 Apache'],
    ['/public/%u002e%u002e/admin', 'escape', 'CVE-2021-34429 Jetty'],
    ['/public/%25u002e%25u002e/admin', 'double_escape', 'CVE-2021-34429 Jetty'],
    ['/public%2f..%2fadmin', 'slash', 'CVE-2021-29492 Envoy'],
    ['/public/..%2fadmin', 'slash', 'CVE-2025-66490 Traefik'],
    ['/admin%2Fusers', 'slash', 'CVE-2025-66490 Traefik'],
    ['//admin', 'empty_segment', 'CVE-2021-31920 Istio, merge_slashes of nginx'],
    ['/public//admin', 'empty_segment', 'Spring StrictHttpFirewall'],
    ['/public///', 'empty_segment', 'Spring StrictHttpFirewall'],
    ['//evil.example/admin', 'empty_segment', 'a URL without scheme'],
    ['/public\\..\\admin', 'backslash', 'IIS, WHATWG URL'],
    ['/\\evil.example', 'backslash', 'WHATWG URL'],
    ['/public/..%5cadmin', 'backslash', 'CVE-2021-29492 Envoy'],
    ['/public/..;/admin', 'parameter', 'Tomcat behind nginx'],
    ['/public;/../admin', 'parameter', 'Tomcat behind nginx'],
    ['/admin;x=1/users', 'parameter', 'Spring StrictHttpFirewall'],
    ['/admin%3bx=1', 'parameter', 'Spring StrictHttpFirewall'],
    ['/admin%00.png', 'control', 'CVE-2025-66490 Traefik, C strings'],
    ['/admin%0a', 'control', 'CVE-2022-22978 Spring'],
    ['/admin%0d%0aX:y', 'control', 'header injection'],
    ['/admin%7f', 'control', 'OWASP path traversal'],
    ['/admin%c2%85', 'control', 'a line break of Unicode'],
    ['/admin%e2%80%a8', 'control', 'Spring StrictHttpFirewall'],
    ['/%c0%ae%c0%ae/admin', 'escape', 'overlong UTF-8, CVE-2000-0884 IIS'],
    ['/%c0%afadmin', 'escape', 'overlong UTF-8, Resin'],
    ['/%e0%80%af', 'escape', 'overlong UTF-8'],
    ['/%ed%a0%80', 'escape', 'a lone surrogate'],
    ['/admin%ff', 'escape', 'not UTF-8'],
    ['/admin%', 'escape', 'an unfinished escape'],
    ['/admin%2', 'escape', 'an unfinished escape'],
    ['/admin%zz', 'escape', 'no escape'],
    ['/public/%ef%bc%8e%ef%bc%8e/admin', 'lookalike', 'fullwidth dots'],
    ['/public%ef%bc%8fadmin', 'lookalike', 'a fullwidth slash'],
    ['/public/%e2%80%a5/admin', 'lookalike', 'a two dot leader'],
    ['/public%ef%bc%bcadmin', 'lookalike', 'a fullwidth backslash'],
    ['/public%ef%bc%852e', 'lookalike', 'a fullwidth percent sign'],
    ['/admin%3f', 'delimiter', 'CVE-2025-66490 Traefik'],
    ['/admin%23', 'delimiter', 'CVE-2023-47106 Traefik'],
    ['/admin#', 'form', 'CVE-2023-47106 Traefik'],
    ['/#/../admin', 'form', 'CVE-2023-47106 Traefik'],
    ['/public?x#/../admin', 'form', 'CVE-2021-32779 Envoy'],
    ['', 'form', 'no path'],
    ['*', 'form', 'asterisk form'],
    ['admin', 'form', 'no slash'],
    ['http://h/admin', 'form', 'absolute form'],
    ['?/admin', 'form', 'no path'],
    ['/admin\t', 'character', 'servers that trim'],
    ['/admin\u0000', 'character', 'C strings'],
    ['/ admin', 'character', 'request splitting'],
    ['/adm\u0131n', 'character', 'raw bytes'],
    ['/\u00e9?x', 'character', 'raw bytes'],
    ['/a?\u00e9', 'character', 'raw bytes in a query'],
  ];

  it.each(confusions)('rejects %j (%s: %s)', (target, fault) => {
    expect(normalizePath(target)).toEqual({ fault });
  });

  /** Pieces of which confusing paths are made. */
  const piece = fc.constantFrom(
    ...['/', '//', '.', '..', '%2e', '%2E', '%252e', '%2f', '%2F', '%252f', '\\', '%5c', ';', '%3b', ';x=1', '%00'],
    ...['%0a', '%20', '%', '%25', '%u002e', '%c0%af', '%ef%bc%8e', '%e2%80%a5', '%c3%a9', '%41', '%7e', '%24', '%3f'],
    ...['a', 'admin', 'ADMIN', 'public', '-', '~', '[', '|', '^', '{', '"', '`', '$', '+', ':', '@', '*', '?', '#'],
  );
  const target = fc.array(piece, { maxLength: 12 }).map((pieces) => `/${pieces.join('')}`);
  const accepted = fc
    .oneof(
      target,
      fc.webPath(),
      fc.string().map((text) => `/${text}`),
    )
    .filter((text) => {
      return !('fault' in normalizePath(text));
    });

  it('is idempotent', () => {
    fc.assert(
      fc.property(accepted, (text) => {
        const once = normal(text);
        expect(normal(once.path + once.query)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts only what the URL parser of browsers and Node resolves to the same segments, before and after', () => {
    fc.assert(
      fc.property(accepted, (text) => {
        const { path, segments } = normal(text);
        expect(new URL(path, 'http://upstream').href).toBe(`http://upstream${path}`);
        expect(decoded(new URL(text, 'http://upstream').pathname)).toEqual(segments);
        expect(new URL(`http://upstream${text}`).host).toBe('upstream');
      }),
      { numRuns: 500 },
    );
  });

  it('accepts only what nginx resolves to the same segments, before and after', () => {
    fc.assert(
      fc.property(accepted, (text) => {
        const { path, segments } = normal(text);
        expect(decodedByNginx(text)).toEqual(segments);
        expect(decodedByNginx(path)).toEqual(segments);
      }),
      { numRuns: 500 },
    );
  });

  it('accepts only what a server that decodes twice, or removes parameters, resolves to the same segments', () => {
    fc.assert(
      fc.property(accepted, (text) => {
        const { path, segments } = normal(text);
        const once = decodedByNginx(path).map((segment) => segment.split(';')[0]);
        expect(once).toEqual(segments);
        expect(decodedByNginx(`/${segments.join('/')}`)).toEqual(segments);
      }),
      { numRuns: 500 },
    );
  });
});

describe('fold', () => {
  it.each([
    ['ADMIN', 'admin'],
    ['admin.', 'admin'],
    ['admin ', 'admin'],
    ['cafe\u0301', 'caf\u00e9'],
    ['\u212aey', 'key'],
    ['a_b-9', 'a_b-9'],
  ])('makes %j and %j equal', (one, other) => {
    expect(fold(one)).toBe(fold(other));
  });
});

function decoded(path: string): string[] {
  const texts = path.slice(1).split('/');
  if (texts.at(-1) === '') texts.pop();
  return texts.map(decodeURIComponent);
}

/**
 * Segments that nginx finds (`ngx_http_parse_complex_uri` with `merge_slashes`): the path ends at a question mark or
 * number sign; escapes are decoded once; slashes, also decoded ones, are merged, and dot segments resolved.
 */
function decodedByNginx(text: string): string[] {
  const [raw = ''] = text.split(/[?#]/);
  const byByte = Buffer.from(raw).toString('latin1');
  const bytes = byByte.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  const segments: string[] = [];
  for (const segment of Buffer.from(bytes, 'latin1').toString('utf8').split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(segment);
  }
  return segments;
}
