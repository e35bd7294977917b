import { createKey, items, resolvePrincipal, setUserRole, updateMe } from '@gatehouse/contracts';
import { RequestRefusedError, fieldRefused } from '@gatehouse/messaging';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const REJECTED = 'is not what the service expects';
/** Field that the stub of a service rejects next. */
let rejected: string;
let gateway: TestGateway;

const reject = (): never => {
  throw fieldRefused('invalid_request', rejected, REJECTED);
};

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, _ingest, userData) => {
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId, { role: 'admin' }))
      .answer(createKey, reject)
      .answer(updateMe, reject)
      .answer(setUserRole, () => {
        if (rejected === '') throw new RequestRefusedError('conflict', 'Admins cannot do this to themselves.');
        return reject();
      });
    userData.answer(items.list, reject);
  });
});
afterAll(() => gateway?.stop());

async function send(method: string, path: string, field: string, body?: object) {
  rejected = field;
  const token = await mint(gateway.pair, 'user_ada');
  const headers = { 'content-type': 'application/json' };
  return call(`${gateway.url}${path}`, token, { method, ...(body && { headers, body: JSON.stringify(body) }) });
}

const key = { name: 'a key', scopes: ['items:read'], expiresAt: '2020-01-01T00:00:00Z' };

it.each<[string, string, string, object | undefined, string, { in: string; field: string }]>([
  ['of the query', 'GET', '/api/items?cursor=abc', undefined, 'cursor', { in: 'query', field: 'cursor' }],
  ['of the body', 'POST', '/api/keys', key, 'expiresAt', { in: 'body', field: 'expiresAt' }],
  ['within a list', 'POST', '/api/keys', key, 'scopes.0', { in: 'body', field: 'scopes.0' }],
  ['of the path', 'PUT', '/admin/users/user_bob/role', { role: 'user' }, 'id', { in: 'path', field: 'id' }],
  [
    'that the service has in another',
    'PATCH',
    '/api/me',
    { city: 'Pune' },
    'patch.city',
    { in: 'body', field: 'city' },
  ],
  ['that is not in the body', 'PATCH', '/api/me', { city: 'Pune' }, 'bio', { in: 'body', field: 'bio' }],
  ['that is the whole body', 'POST', '/api/keys', key, 'body', { in: 'body', field: 'body' }],
  ['that is not in the query', 'GET', '/api/items?limit=1', undefined, 'sort', { in: 'query', field: 'sort' }],
])('names place and field of what a service rejects: a field %s', async (_, method, path, sent, field, fault) => {
  const { status, body } = await send(method, path, field, sent);
  expect([status, body.code, body.errors]).toEqual([400, 'invalid_request', [{ ...fault, message: REJECTED }]]);
});

it('names no field where a service names none', async () => {
  const { status, body } = await send('PUT', '/admin/users/user_bob/role', '', { role: 'user' });
  expect([status, body.detail, body.errors]).toEqual([409, 'Admins cannot do this to themselves.', undefined]);
});

it.each([
  ['{"city": "hush-hush",}', 'At line 1, column 22: expected a member name in double quotes.'],
  ['{\n  "city": hush-hush\n}', 'At line 2, column 11: expected a value.'],
  ['{"city": "hush-hush"', 'At line 1, column 21: expected a comma or "}".'],
])('says where a body stops being JSON, and never repeats it: %j', async (sent, where) => {
  const token = await mint(gateway.pair, 'user_ada');
  const headers = { 'content-type': 'application/json' };
  const { status, body } = await call(`${gateway.url}/api/me`, token, { method: 'PATCH', headers, body: sent });
  expect([status, body.code, body.detail]).toEqual([400, 'invalid_json', `The body is not JSON. ${where}`]);
  expect(JSON.stringify(body)).not.toContain('hush');
  expect(gateway.logs()).not.toContain('hush');
});
