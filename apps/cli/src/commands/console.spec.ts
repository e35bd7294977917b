import { type Server, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { runGatehouse } from '../program';

const KEY = '018f0000-0000-7000-8000-000000000002';

let server: Server;
let seen: string[];

beforeEach(async () => {
  seen = [];
  // A gateway without a console.
  server = createServer(({ method = '', url = '', headers }, response) => {
    seen.push(`${method} ${url}${headers['x-api-key'] === undefined ? '' : ' with the key'}`);
    const isConsole = url === '/admin/console-codes';
    response.writeHead(isConsole ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isConsole ? { code: 'not_found' } : { id: KEY, key: 'sk_dev_new' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

it('leaves no API key behind at a gateway that has no console', async () => {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { port } = server.address() as AddressInfo;
  const env = { GATEHOUSE_URL: `http://127.0.0.1:${port}`, GATEHOUSE_TOKEN: 'a.b.c' };
  const io = { stdin, stdout, stderr, env, signal: new AbortController().signal };
  expect(await runGatehouse(['console'], io, '1')).toBe(2);
  stderr.end();
  expect(await text(stderr)).toBe('gatehouse: This gateway has no console. Its operator can set CONSOLE_URL.\n');
  expect(seen).toEqual(['POST /api/keys', 'POST /admin/console-codes with the key', `DELETE /api/keys/${KEY}`]);
});
