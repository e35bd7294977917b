import { freePort } from '@gatehouse/local-stack';
import { type OwnReverseProxy, startOwnReverseProxy } from '@gatehouse/testing';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { policyEnvironment } from './support/forward-auth-edge';
import { openRaw } from './support/raw-connection';
import { TestUpstream } from './support/upstream';

/** nginx as upstream says which path it has read, and hands the request on as it came. */
const nginxServer = (port: number, url: string) => `
server {
  listen 127.0.0.1:${port};
  location / {
    proxy_pass ${url};
    proxy_http_version 1.1;
    proxy_set_header Connection '';
    proxy_set_header X-Nginx-Path $uri;
  }
}`;

let upstream: TestUpstream;
let nginx: OwnReverseProxy;
let gateway: AttackedGateway;
let key: string;

beforeAll(async () => {
  upstream = await TestUpstream.start();
  const port = await freePort();
  nginx = await startOwnReverseProxy('nginx', nginxServer(port, upstream.url), port);
  gateway = await startAttackedGateway(
    policyEnvironment(`
upstreams:
  node: { url: '${upstream.url}', audience: node }
  nginx: { url: 'http://127.0.0.1:${port}', audience: nginx }
routes:
  - { path: /node/*, upstream: node, access: user }
  - { path: /nginx/*, upstream: nginx, access: user }
`),
  );
  key = gateway.key({ tier: 'enterprise' });
  // The first run downloads nginx.
}, 300_000);
afterAll(async () => {
  await gateway?.stop();
  await nginx?.dispose();
  upstream?.stop();
});
beforeEach(() => upstream.reset());

/** Sends bytes, and returns what the client got and what the upstream believes to have received. */
async function send(bytes: string) {
  const text = await (await openRaw(gateway.url, bytes)).closed;
  const believed = upstream.received.map(({ request, body }) => ({
    url: request.url,
    body,
    nginx: request.headers['x-nginx-path'],
  }));
  return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(text)?.[1]), believed };
}

const head = (line: string, ...headers: string[]) =>
  [line, 'Host: shop', `X-API-Key: ${key}`, 'Connection: close', ...headers, '', ''].join('\r\n');

describe.each(['/node', '/nginx'])('%s as upstream', (root) => {
  /** Expects that every server has read the path and the body alike. */
  function expectAlike(believed: Awaited<ReturnType<typeof send>>['believed'], url: string, body: string): void {
    const read = root === '/nginx' ? decodeURIComponent(url.split('?')[0] ?? '') : undefined;
    // nginx sends $uri in UTF-8, which Node reads as Latin-1.
    const nginx = read === undefined ? undefined : Buffer.from(read, 'utf8').toString('latin1');
    expect(believed).toEqual([{ url, body, nginx }]);
  }

  it.each([
    ['a plain path', '/a/b', '/a/b'],
    ['a slash at the end', '/a/', '/a/'],
    ['an escaped letter', '/%61', '/a'],
    ['an escaped space', '/a%20b', '/a%20b'],
    ['escapes in lower case', '/caf%c3%a9', '/caf%C3%A9'],
    ['a character that must be escaped', '/a"b', '/a%22b'],
    ['characters that need no escape', "/a+b:c@d!$&'()*,=e", "/a+b:c@d!$&'()*,=e"],
    ['an escaped plus', '/a%2bb', '/a%2Bb'],
    ['a query that looks like a path', '/a?x=/../..;%2f//&y=?', '/a?x=/../..;%2f//&y=?'],
    ['a dot in a name', '/a.b/..c/...d', '/a.b/..c/...d'],
  ])('reads a path like the gate: %s', async (_, path, expected) => {
    const { status, believed } = await send(head(`GET ${root}${path} HTTP/1.1`));
    expect(status).toBe(200);
    expectAlike(believed, `${root}${expected}`, '');
  });

  it.each([
    ['dot segments', '/../admin'],
    ['a dot segment', '/./a'],
    ['a dot segment at the end', '/a/..'],
    ['escaped dots', '/%2e%2e/admin'],
    ['one escaped dot', '/.%2e/admin'],
    ['dots before a parameter', '/..;/admin'],
    ['a parameter', '/a;x=1'],
    ['two slashes', '//a'],
    ['an escaped slash', '/a%2fb'],
    ['a backslash', '/a\\b'],
    ['an escaped backslash', '/a%5cb'],
    ['a NUL', '/a%00'],
    ['a line end', '/a%0d%0aX: y'],
    ['an overlong slash', '/a%c0%afb'],
    ['an escape within an escape', '/a%252fb'],
    ['an unfinished escape', '/a%2'],
    ['an escape of another kind', '/a%u002fb'],
    ['a fragment', '/a#b'],
    ['a fullwidth slash', '/a%ef%bc%8fb'],
    ['bytes beyond ASCII', '/\xe4'],
    ['dots and spaces', '/.%20/a'],
  ])('gets no request with %s', async (_, path) => {
    const { status, believed } = await send(head(`GET ${root}${path} HTTP/1.1`));
    expect([status, believed]).toEqual([400, []]);
  });

  it.each([
    ['a target with scheme and host', `GET http://shop${root}/a HTTP/1.1`],
    ['two slashes before the path', `GET /${root}/a HTTP/1.1`],
    ['an asterisk', 'OPTIONS * HTTP/1.1'],
    ['no slash', `GET ${root.slice(1)}/a HTTP/1.1`],
  ])('gets no request with %s', async (_, line) => {
    const { status, believed } = await send(head(line));
    expect([status, believed]).toEqual([400, []]);
  });

  const post = `POST ${root}/f HTTP/1.1`;

  it.each<[string, () => string]>([
    ['a length', () => `${head(post, 'Content-Length: 5')}hello`],
    ['chunks', () => `${head(post, 'Transfer-Encoding: chunked')}2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\n`],
    ['chunks in upper case', () => `${head(post, 'Transfer-Encoding: Chunked')}5\r\nhello\r\n0\r\n\r\n`],
    ['chunks with an extension', () => `${head(post, 'Transfer-Encoding: chunked')}5;a=b\r\nhello\r\n0\r\n\r\n`],
    ['chunks with trailers', () => `${head(post, 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\nX-T: secret\r\n\r\n`],
    ['leading zeros', () => `${head(post, 'Transfer-Encoding: chunked')}005\r\nhello\r\n000\r\n\r\n`],
    ['a body with GET', () => `${head(`GET ${root}/f HTTP/1.1`, 'Content-Length: 5')}hello`],
    [
      'a request behind it',
      () => `${head(post, 'Content-Length: 5')}helloGET ${root}/hidden HTTP/1.1\r\nHost: x\r\n\r\n`,
    ],
  ])('reads a body like the gate: %s', async (_, bytes) => {
    const { status, believed } = await send(bytes());
    expect(status).toBe(200);
    expectAlike(believed, `${root}/f`, 'hello');
    expect(upstream.received[0]?.request.rawTrailers).toEqual([]);
  });

  const hidden = () => head(`GET ${root}/hidden HTTP/1.1`);

  it.each<[string, () => string]>([
    [
      'a length and chunks',
      () => `${head(post, 'Content-Length: 6', 'Transfer-Encoding: chunked')}0\r\n\r\n${hidden()}`,
    ],
    [
      'chunks and a length',
      () => `${head(post, 'Transfer-Encoding: chunked', 'Content-Length: 6')}0\r\n\r\n${hidden()}`,
    ],
    ['two lengths', () => `${head(post, 'Content-Length: 0', 'Content-Length: 5')}hello${hidden()}`],
    ['the same length twice', () => `${head(post, 'Content-Length: 5', 'Content-Length: 5')}hello`],
    ['a list of lengths', () => `${head(post, 'Content-Length: 5, 5')}hello`],
    ['a length with a sign', () => `${head(post, 'Content-Length: +5')}hello`],
    ['a folded header', () => `${head(post, 'X-A: a\r\n Transfer-Encoding: chunked')}0\r\n\r\n${hidden()}`],
    ['a space before the colon', () => `${head(post, 'Transfer-Encoding : chunked')}0\r\n\r\n${hidden()}`],
    ['a bare line feed between headers', () => `${head(post, 'X-A: a\nTransfer-Encoding: chunked')}0\r\n\r\n`],
    ['a bare line feed after a chunk size', () => `${head(post, 'Transfer-Encoding: chunked')}5\nhello\r\n0\r\n\r\n`],
    ['an extension with a line feed', () => `${head(post, 'Transfer-Encoding: chunked')}5;a\nb\r\nhello\r\n0\r\n\r\n`],
    ['another coding', () => `${head(post, 'Transfer-Encoding: gzip, chunked')}0\r\n\r\n`],
    ['a coding that resembles chunked', () => `${head(post, 'Transfer-Encoding: xchunked')}0\r\n\r\n${hidden()}`],
    ['chunked twice', () => `${head(post, 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['a negative chunk', () => `${head(post, 'Transfer-Encoding: chunked')}-5\r\nhello\r\n0\r\n\r\n`],
    [
      'a chunk beyond 64 bits',
      () => `${head(post, 'Transfer-Encoding: chunked')}10000000000000005\r\nhello\r\n0\r\n\r\n`,
    ],
    [
      'a chunk that is longer than its size',
      () => `${head(post, 'Transfer-Encoding: chunked')}3\r\nhello\r\n0\r\n\r\n`,
    ],
    ['chunks in HTTP/1.0', () => `${head(`POST ${root}/f HTTP/1.0`, 'Transfer-Encoding: chunked')}0\r\n\r\n`],
    ['two hosts', () => head(`GET ${root}/f HTTP/1.1`, 'Host: other')],
    ['a host with a path', () => head(`GET ${root}/f HTTP/1.1`).replace('Host: shop', 'Host: shop/x')],
    ['a host with a user', () => head(`GET ${root}/f HTTP/1.1`).replace('Host: shop', 'Host: a@shop')],
    ['no host', () => head(`GET ${root}/f HTTP/1.1`).replace('Host: shop\r\n', '')],
  ])('gets no whole request with %s', async (_, bytes) => {
    const { status, believed } = await send(bytes());
    expect([status, believed]).toEqual([400, []]);
  });
});
