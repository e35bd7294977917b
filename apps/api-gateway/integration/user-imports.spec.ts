import { randomUUID } from 'node:crypto';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import {
  type UserImport,
  appendToUserImport,
  approveUserImport,
  beginUserImport,
  discardUserImport,
  finishUserImport,
  listUserImportRows,
  listUserImports,
  resolveKey,
  resolvePrincipal,
  showUserImport,
  undoUserImport,
  userImportLimits,
} from '@gatehouse/contracts';
import { mintApiKey } from '@gatehouse/auth';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type ParsedJson, eventually } from '@gatehouse/testing';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const AT = '2026-01-02T03:04:05.678Z';
const PART = userImportLimits.chunkBytes;

/** An import as the stub of user-sync keeps it. */
interface Kept {
  readonly id: string;
  readonly format: 'csv' | 'jsonl';
  file: Buffer;
  parts: number[];
  state: string;
}

let gateway: TestGateway;
let token: string;
const kept = new Map<string, Kept>();
/** Requests besides uploads that user-sync was asked: subject and body. */
const asked: unknown[] = [];
/** Answers the next part in place of the stub. */
let beforePart: (() => unknown) | undefined;
let scopes: string[] = ['users:import'];

function shown({ id, format, file, state }: Kept): UserImport {
  return {
    ...{ id, format, state, message: null, bytes: file.length, rows: null, rowsDone: 0, plan: {}, outcomes: {} },
    ...{ reversals: {}, requestedBy: randomUUID(), requestedAt: AT, updatedAt: AT },
    ...{ approvedAt: null, undoableUntil: null },
  };
}

function found(id: string): Kept {
  const one = kept.get(id);
  if (one === undefined) throw new RequestRefusedError('not_found', 'This import does not exist.');
  return one;
}

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync) => {
    userSync.answer(resolvePrincipal, ({ body: { clerkUserId } }) =>
      samplePrincipal(clerkUserId, { role: clerkUserId === 'user_plain' ? 'developer' : 'admin' }),
    );
    userSync.answer(resolveKey, () => {
      const holder = { userId: randomUUID(), clerkUserId: null, role: 'admin', tier: 'free', isActive: true } as const;
      return {
        change: 0,
        key: { ...holder, keyId: randomUUID(), scopes, state: 'active', expiresAt: null, rateLimit: null } as const,
      };
    });
    userSync.answer(beginUserImport, ({ body: { format } }) => {
      const one: Kept = { id: randomUUID(), format, file: Buffer.alloc(0), parts: [], state: 'uploading' };
      kept.set(one.id, one);
      return shown(one);
    });
    userSync.answer(appendToUserImport, async ({ body: { id, offset, content } }) => {
      await beforePart?.();
      const one = found(id);
      if (offset !== one.file.length) {
        throw new RequestRefusedError('conflict', `The upload continues at offset ${one.file.length}.`);
      }
      const part = Buffer.from(content, 'base64');
      one.file = Buffer.concat([one.file, part]);
      one.parts.push(part.length);
      return shown(one);
    });
    userSync.answer(finishUserImport, ({ body: { id, bytes } }) => {
      const one = found(id);
      if (bytes === 0) throw new RequestRefusedError('invalid_request', 'The file is empty.');
      one.state = 'planning';
      return shown(one);
    });
    for (const contract of [showUserImport, approveUserImport, undoUserImport, discardUserImport] as const) {
      userSync.answer(contract, ({ body }) => {
        asked.push([contract.subject, body]);
        return shown(found(body.id));
      });
    }
    userSync.answer(listUserImports, ({ body }) => {
      asked.push([listUserImports.subject, body]);
      return { items: [...kept.values()].map(shown) };
    });
    userSync.answer(listUserImportRows, ({ body }) => {
      asked.push([listUserImportRows.subject, body]);
      return { items: [], nextCursor: null };
    });
  });
});

afterAll(() => gateway?.stop());
beforeEach(async () => {
  kept.clear();
  asked.length = 0;
  beforePart = undefined;
  scopes = ['users:import'];
  token = await mint(gateway.pair, 'user_admin', { claims: { jti: randomUUID() } });
});

const csv = { 'content-type': 'text/csv' };
const send = (path: string, method: string, headers: Record<string, string>, body?: string | Buffer) =>
  call(`${gateway.url}/admin/users/import${path}`, token, { method, headers, ...(body !== undefined && { body }) });
const only = () => [...kept.values()][0] as Kept;

/** A request whose body the test sends piece by piece. `gone`: its end, with or without an answer. */
function open(path = '', method = 'POST', headers: Record<string, string> = csv) {
  const sending: ClientRequest = request(`${gateway.url}/admin/users/import${path}`, {
    method,
    headers: { authorization: `Bearer ${token}`, ...headers },
  });
  const answer = new Promise<{ status: number; headers: IncomingMessage['headers']; body: ParsedJson } | null>(
    (resolve) => {
      sending.once('error', () => resolve(null));
      sending.once('response', (response: IncomingMessage) => {
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.once('close', () => {
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: JSON.parse(text),
          });
        });
      });
    },
  );
  return { sending, answer };
}

describe('an upload', () => {
  it.each([
    ['text/csv', 'csv'],
    ['TEXT/CSV; charset=utf-8; header=present', 'csv'],
    ['application/x-ndjson', 'jsonl'],
  ])('as %s reaches user-sync whole and in parts of at most 256 KiB', async (type, format) => {
    const file = Buffer.alloc(2 * PART + 1_234, 'ä');
    const { status, body } = await send('', 'POST', { 'content-type': type }, file);
    expect([status, body]).toEqual([202, expect.objectContaining({ state: 'planning', format, bytes: file.length })]);
    expect(only().parts).toEqual([PART, PART, 1_234]);
    expect(only().file.equals(file)).toBe(true);
  });

  it('is passed on while it arrives', async () => {
    const { sending, answer } = open();
    sending.write(Buffer.alloc(PART));
    await eventually(() => kept.size === 1 && only().parts.length === 1);
    sending.end('a');
    expect(await answer).toMatchObject({ status: 202, body: { bytes: PART + 1 } });
  });

  it('continues at its offset, and ends with the part that says so', async () => {
    const begun = await send('', 'POST', { ...csv, 'upload-complete': '?0' }, 'externalId\n');
    expect(begun).toMatchObject({ status: 202, body: { state: 'uploading', bytes: 11 } });
    const path = `/${begun.body.id}`;
    const wrong = await send(path, 'PATCH', { ...csv, 'upload-offset': '12' }, '1\n');
    expect(wrong).toMatchObject({ status: 409, body: { detail: 'The upload continues at offset 11.' } });
    const probe = await send(path, 'PATCH', { ...csv, 'upload-offset': '11', 'upload-complete': '?0' }, '');
    expect(probe).toMatchObject({ status: 202, body: { bytes: 11 } });
    const last = await send(path, 'PATCH', { ...csv, 'upload-offset': '11' }, '1\n');
    expect(last).toMatchObject({ status: 202, body: { state: 'planning', bytes: 13 } });
    expect(only().file.toString()).toBe('externalId\n1\n');
  });

  it('keeps what has arrived when the client cancels it, and only says so in the log', async () => {
    const { sending, answer } = open('', 'POST', { ...csv, 'content-length': String(4 * PART) });
    sending.write(Buffer.alloc(PART + 100, 'a'));
    await eventually(() => kept.size === 1 && only().parts.length === 1);
    sending.destroy();
    expect(await answer).toBeNull();
    await eventually(() => only().file.length === PART + 100);
    expect(only().state).toBe('uploading');
    expect(await send(`/${only().id}`, 'PATCH', { ...csv, 'upload-offset': String(PART + 100) }, 'b')).toMatchObject({
      status: 202,
      body: { state: 'planning', bytes: PART + 101 },
    });
    expect(gateway.logs()).not.toContain('"request failed"');
  });

  it('ends when user-sync rejects a part, without waiting for the rest', async () => {
    beforePart = () => {
      throw new RequestRefusedError('conflict', 'The upload of this import has ended.');
    };
    const { sending, answer } = open('', 'POST', { ...csv, 'content-length': String(100 * 1024 * 1024) });
    sending.write(Buffer.alloc(2 * PART));
    expect(await answer).toMatchObject({
      status: 409,
      headers: { connection: 'close', 'content-type': 'application/problem+json' },
      body: { code: 'conflict', detail: 'The upload of this import has ended.' },
    });
    sending.destroy();
  });
});

describe('an upload is rejected', () => {
  const types = 'The body must be text/csv or application/x-ndjson.';

  it.each([
    ['JSON', { 'content-type': 'application/json' }, '{}'],
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--'],
    ['a body without a media type', { 'content-type': '' }, 'externalId\n1\n'],
    ['nothing', {}, undefined],
  ])('as %s', async (_, headers, body) => {
    expect(await send('', 'POST', headers as Record<string, string>, body)).toMatchObject({
      status: 415,
      body: { code: 'media_type_unsupported', detail: types },
    });
    expect(kept.size).toBe(0);
  });

  it('by another route, which takes no file', async () => {
    const { status, body } = await call(`${gateway.url}/admin/users`, token, {
      method: 'POST',
      headers: csv,
      body: 'a',
    });
    expect([status, body.code]).toEqual([415, 'media_type_unsupported']);
  });

  it.each([
    ['announces more than 128 MiB', '', 'POST', { 'content-length': String(userImportLimits.bytes + 1) }],
    ['ends beyond 128 MiB', `/${randomUUID()}`, 'PATCH', { 'upload-offset': String(userImportLimits.bytes - 1) }],
  ])('before a byte is stored when it %s', async (_, path, method, headers) => {
    const { sending, answer } = open(path, method, { ...csv, ...headers });
    sending.write('ab');
    if (method === 'PATCH') sending.end();
    expect(await answer).toMatchObject({
      status: 413,
      body: { code: 'body_too_large', detail: 'The file is larger than 128 MiB.' },
    });
    sending.destroy();
    expect(kept.size).toBe(0);
  });

  it.each([
    ['POST', { 'upload-complete': 'yes' }, 'Upload-Complete', 'must be ?0 or ?1'],
    ['PATCH', {}, 'Upload-Offset', 'is missing: send the number of bytes that have arrived'],
    ['PATCH', { 'upload-offset': '-1' }, 'Upload-Offset', 'must be a number of bytes, at most 134217728'],
    ['PATCH', { 'upload-offset': '134217729' }, 'Upload-Offset', 'must be a number of bytes, at most 134217728'],
  ])('%s with the headers %o by the name of the header', async (method, headers, field, message) => {
    const path = method === 'PATCH' ? `/${randomUUID()}` : '';
    expect(await send(path, method, { ...csv, ...headers }, 'a')).toMatchObject({
      status: 400,
      body: { code: 'invalid_request', errors: [{ in: 'header', field, message }] },
    });
    expect(kept.size).toBe(0);
  });

  it('when it is empty, with the words of user-sync', async () => {
    expect(await send('', 'POST', csv, '')).toMatchObject({ status: 400, body: { detail: 'The file is empty.' } });
  });

  it('before its body is read when the caller may not import', async () => {
    const refusals = [];
    for (const headers of [
      { authorization: `Bearer ${await mint(gateway.pair, 'user_plain')}` },
      { authorization: 'Bearer nonsense' },
    ]) {
      const { sending, answer } = open('', 'POST', { ...csv, ...headers, 'content-length': String(64 * 1024 * 1024) });
      sending.flushHeaders();
      refusals.push([(await answer)?.status, (await answer)?.body.code]);
      sending.destroy();
    }
    expect(refusals).toEqual([
      [403, 'role_insufficient'],
      [401, expect.any(String)],
    ]);
    expect(kept.size).toBe(0);
  });
});

describe('an API key', () => {
  let keys = 0;
  /** Sends a request with a new key, because the gateway remembers scopes. */
  const withKey = async (path: string, method: string, body?: string) => {
    const key = mintApiKey({ environment: 'prod', random: new Uint8Array(32).fill((keys += 1)) });
    const { status, body: answer } = await call(`${gateway.url}/admin/users/import${path}`, undefined, {
      method,
      headers: { 'x-api-key': key, ...(body !== undefined && csv) },
      ...(body !== undefined && { body }),
    });
    return [status, answer.code];
  };

  it('uploads with the scope users:import alone, and neither approves nor undoes', async () => {
    expect(await withKey('', 'POST', 'externalId\n1\n')).toEqual([202, undefined]);
    expect(await withKey(`/${only().id}/approve`, 'POST')).toEqual([403, 'session_needed']);
    expect(await withKey(`/${only().id}/undo`, 'POST')).toEqual([403, 'session_needed']);
    expect(asked).toEqual([]);
    scopes = ['users:write'];
    expect(await withKey('', 'POST', 'externalId\n1\n')).toEqual([403, 'scope_insufficient']);
  });
});

it('every other route of imports passes on what it is asked', async () => {
  await send('', 'POST', csv, 'externalId\n1\n');
  const { id } = only();
  const user = 'user_2abc';
  expect(await send(`?limit=3&user=${user}`, 'GET', {})).toMatchObject({ status: 200, body: { items: [{ id }] } });
  expect(await send(`/${id}/rows?action=conflict&limit=7`, 'GET', {})).toMatchObject({ status: 200 });
  for (const [path, method, status] of [
    ['', 'GET', 200],
    ['/approve', 'POST', 202],
    ['/undo', 'POST', 202],
    ['', 'DELETE', 200],
  ] as const) {
    expect(await send(`/${id}${path}`, method, {})).toMatchObject({ status, body: { id } });
  }
  expect(asked).toEqual([
    [listUserImports.subject, { limit: 3, user }],
    [listUserImportRows.subject, { id, action: 'conflict', limit: 7 }],
    ...[showUserImport, approveUserImport, undoUserImport, discardUserImport].map(({ subject }) => [subject, { id }]),
  ]);
  expect(await send(`/${randomUUID()}`, 'GET', {})).toMatchObject({ status: 404 });
  expect(await send('/1', 'GET', {})).toMatchObject({ status: 400, body: { errors: [{ in: 'path', field: 'id' }] } });
});
