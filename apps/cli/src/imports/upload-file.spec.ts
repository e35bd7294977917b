import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type Server, type ServerResponse, createServer } from 'node:http';
import { type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { Session } from '../session';
import { uploadFile } from './upload-file';

/** Stands for a gateway: it keeps what arrives, and breaks off a second request that brings many bytes. */
let server: Server;
let stored: Buffer;
let seen: string[];
let folder: string;
let session: Session;
/** Requests that are refused, by their number. */
let refusals: readonly { readonly place: number; readonly status: number; readonly code: string }[];

const BROKEN_AFTER = 300_001;

beforeEach(async () => {
  stored = Buffer.alloc(0);
  seen = [];
  refusals = [];
  server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-upload-'));
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const { port } = server.address() as AddressInfo;
  const env = { GATEHOUSE_URL: `http://127.0.0.1:${port}`, GATEHOUSE_API_KEY: 'sk_dev_key' };
  session = new Session({ stdin, stdout, stderr, env, signal: new AbortController().signal }, {});
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', headers } = request;
  const complete = headers['upload-complete'];
  seen.push([method, headers['upload-offset'], complete].filter((part) => part !== undefined).join(' '));
  const refusal = refusals.find(({ place }) => place === seen.length);
  const breaks = seen.length === 2;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    if (refusal !== undefined) continue;
    stored = Buffer.concat([stored, chunk]);
    if (!breaks) continue;
    stored = stored.subarray(0, 1_048_576 + BROKEN_AFTER);
    if (stored.length === 1_048_576 + BROKEN_AFTER) return void request.socket.destroy();
  }
  if (refusal !== undefined) {
    response.writeHead(refusal.status, { 'content-type': 'application/problem+json' });
    return void response.end(JSON.stringify({ code: refusal.code }));
  }
  const state = complete === '?1' ? 'planning' : 'uploading';
  response.writeHead(200, { 'content-type': 'application/json' });
  response.end(JSON.stringify({ id: 'i1', state, bytes: stored.length }));
}

it('a file arrives whole although its parts end within characters and the connection breaks', async () => {
  const path = join(folder, 'users.csv');
  writeFileSync(path, `x${'ü'.repeat(1_200_000)}`);
  expect(await uploadFile(session, path, undefined)).toMatchObject({ id: 'i1', state: 'planning' });
  expect(stored.equals(readFileSync(path))).toBe(true);
  const broken = 1_048_576 + BROKEN_AFTER;
  expect(seen).toEqual(['POST ?0', 'PATCH 1048576 ?0', 'GET', `PATCH ${broken} ?0`, `PATCH ${broken + 1_048_576} ?1`]);
});

it('an upload continues where it is when more has arrived than was known', async () => {
  const path = join(folder, 'users.csv');
  writeFileSync(path, 'x'.repeat(1_500_000));
  refusals = [{ place: 2, status: 409, code: 'conflict' }];
  expect(await uploadFile(session, path, undefined)).toMatchObject({ id: 'i1', state: 'planning' });
  expect(stored).toHaveLength(1_500_000);
  expect(seen).toEqual(['POST ?0', 'PATCH 1048576 ?1', 'GET', 'PATCH 1048576 ?1']);
});

it('refuses to continue with a file that is shorter than what has arrived', async () => {
  const path = join(folder, 'users.csv');
  writeFileSync(path, 'x');
  stored = Buffer.alloc(2);
  await expect(uploadFile(session, path, 'i1')).rejects.toThrow('has 1 bytes, but 2 have arrived');
  expect(seen).toEqual(['GET']);
});

it.each([
  ['users.txt', 'x', 'must end with .csv'],
  ['users.csv', '', 'is empty'],
])('refuses %s before anything is sent', async (name, content, message) => {
  const path = join(folder, name);
  writeFileSync(path, content);
  await expect(uploadFile(session, path, undefined)).rejects.toThrow(message);
  expect(seen).toEqual([]);
});
