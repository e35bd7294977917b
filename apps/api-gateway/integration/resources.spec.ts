import { randomUUID } from 'node:crypto';
import { apiKeyHash, mintApiKey } from '@gatehouse/auth';
import {
  type Resource,
  type ResourceView,
  assistantSessions,
  findUser,
  items,
  matchesVersion,
  resolveKey,
  resolvePrincipal,
  templates,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { type Called, call } from './support/call';
import { mint } from './support/clerk-tokens';
import { type PeerService } from './support/peer-service';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const id = '018f0000-0000-7000-8000-000000000001';
const owner = { userId: randomUUID(), tier: 'pro' } as const;
const at = '2026-01-05T10:00:00.000Z';
const stored = { id, version: 3, createdAt: at, updatedAt: at };

/** A kind of resource with what a client may send, and what user-data answers. */
const kinds = [
  { kind: 'items', resource: items, draft: { title: 'Milk' }, shown: { title: 'Milk', description: null } },
  {
    kind: 'templates',
    resource: templates,
    draft: { name: 'Hello', body: 'Hello {{name}}', tags: ['mail'] },
    shown: {
      ...{ name: 'Hello', description: null, language: null, body: 'Hello {{name}}', tags: ['mail'] },
      ...{ isPublic: false, isOwn: true },
    },
  },
  {
    kind: 'sessions',
    resource: assistantSessions,
    draft: { name: 'Chat', settings: { model: 'm', topK: [1] } },
    shown: { name: 'Chat', status: 'active', settings: { model: 'm', topK: [1] } },
  },
] as const;

let gateway: TestGateway;
let user: string;
let admin: string;
const keys = new Map<string, { scopes: string[]; role: 'user' | 'admin' }>();
const heard: { readonly subject: string; readonly body: unknown; readonly caller: string | undefined }[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, _ingest, userData) => {
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) =>
        samplePrincipal(clerkUserId, { role: clerkUserId === 'user_admin' ? 'admin' : 'user', tier: 'enterprise' }),
      )
      .answer(findUser, ({ body }) => {
        if (body.user === 'nobody@example.com') throw new RequestRefusedError('not_found', 'There is no such user.');
        if (body.user === 'user_older') return { userId: owner.userId, clerkUserId: null };
        return { userId: owner.userId, clerkUserId: null, tier: owner.tier };
      })
      .answer(resolveKey, ({ body: { hash } }) => {
        const key = keys.get(hash);
        if (key === undefined) return { change: 0, key: null };
        const holder = { userId: randomUUID(), clerkUserId: null, tier: 'enterprise', isActive: true } as const;
        const state = { keyId: randomUUID(), state: 'active', expiresAt: null, rateLimit: null } as const;
        return { change: 0, key: { ...holder, ...state, ...key } };
      });
    for (const { resource, shown } of kinds) answerFor(userData, resource, { ...stored, ...shown });
  });
  user = await mint(gateway.pair, 'user_ada');
  admin = await mint(gateway.pair, 'user_admin');
});
afterAll(() => gateway?.stop());
beforeEach(() => void heard.splice(0));

/** Answers the requests about a kind of resource. The version is 3; every other one is a mismatch. */
function answerFor(service: PeerService, resource: Resource, view: ResourceView): void {
  const hear = ({ subject }: { subject: string }, body: unknown, caller?: string) =>
    heard.push({ subject, body, caller });
  service
    .answer(resource.create, ({ body, envelope }) => {
      hear(resource.create, body, envelope.principal?.role);
      return { ...view, ...(body.idempotency !== undefined && { replayed: true }) };
    })
    .answer(resource.get, ({ body, envelope }) => {
      hear(resource.get, body, envelope.principal?.role);
      return view;
    })
    .answer(resource.update, ({ body }) => {
      hear(resource.update, body);
      if (!matchesVersion(view.version, body.ifMatch)) throw new RequestRefusedError('version_mismatch', 'no');
      return { ...view, version: 4 };
    })
    .answer(resource.delete, ({ body }) => {
      hear(resource.delete, body);
      return { id: body.id, deleted: true };
    })
    .answer(resource.list, ({ body }) => {
      hear(resource.list, body);
      return { items: [view], nextCursor: 'next' };
    });
}

function send(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, token = user) {
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return call(`${gateway.url}${path}`, token, { method, body: text, headers: { ...json, ...headers } });
}

function keyWith(scopes: string[], role: 'user' | 'admin' = 'user'): string {
  const text = mintApiKey({ environment: 'dev', random: new Uint8Array(32).fill(keys.size + 1) });
  keys.set(apiKeyHash(text), { scopes, role });
  return text;
}

const fields = ({ body }: Called) => (body as { errors?: { field: string }[] }).errors?.map(({ field }) => field);

describe.each(kinds)('the routes of $kind', ({ kind, resource, draft, shown }) => {
  it('create one and tell where it is', async () => {
    const { status, headers, body } = await send('POST', `/api/${kind}`, draft);
    expect([status, headers.get('etag'), headers.get('location')]).toEqual([201, '"3"', `${kind}/${id}`]);
    expect(body).toEqual({ ...stored, ...shown });
    expect(heard).toEqual([
      { subject: `user-data.${kind}.create`, body: { fields: resource.draft.parse(draft) }, caller: 'user' },
    ]);
    const slashed = await send('POST', `/api/${kind}/`, draft);
    expect(new URL(slashed.headers.get('location') ?? '', `${gateway.url}/api/${kind}/`).pathname).toBe(
      `/api/${kind}/${id}`,
    );
  });

  it('create one once for each idempotency key', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const { status, headers: given, body } = await send('POST', `/api/${kind}`, draft, headers);
    expect([status, given.get('idempotency-replayed'), body]).toEqual([201, 'true', { ...stored, ...shown }]);
    expect(heard).toMatchObject([{ body: { idempotency: { key: 'k-1', path: `POST /api/${kind}` } } }]);
    expect(fields(await send('PATCH', `/api/${kind}/${id}`, {}, headers))).toEqual(['Idempotency-Key']);
  });

  it('show one with its entity tag, and answer 304 to a client that has it', async () => {
    const first = await send('GET', `/api/${kind}/${id}`);
    expect([first.status, first.headers.get('etag'), first.body]).toEqual([200, '"3"', { ...stored, ...shown }]);
    for (const tag of ['"3"', 'W/"3"', '"1", "3"', '*']) {
      const { status, headers, body } = await send('GET', `/api/${kind}/${id}`, undefined, { 'if-none-match': tag });
      expect([tag, status, headers.get('etag'), body]).toEqual([tag, 304, '"3"', '']);
    }
    const other = await send('GET', `/api/${kind}/${id}`, undefined, { 'if-none-match': '"2"' });
    expect([other.status, other.body]).toEqual([200, first.body]);
  });

  it('change one only while its version is expected', async () => {
    const [name] = Object.keys(draft);
    const patch = { [name ?? '']: 'New' };
    const changed = await send('PATCH', `/api/${kind}/${id}`, patch, { 'if-match': '"3"' });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, '"4"']);
    expect(heard).toMatchObject([{ body: { id, ifMatch: [3], fields: patch } }]);
    const mismatch = await send('PATCH', `/api/${kind}/${id}`, patch, { 'if-match': '"2"' });
    expect([mismatch.status, (mismatch.body as { code: string }).code]).toEqual([412, 'version_mismatch']);
    const malformed = await send('PATCH', `/api/${kind}/${id}`, patch, { 'if-match': '3' });
    expect([malformed.status, fields(malformed)]).toEqual([400, ['If-Match']]);
    expect((await send('PATCH', `/api/${kind}/${id}`, patch)).status).toBe(200);
  });

  it('delete one', async () => {
    const { status, body } = await send('DELETE', `/api/${kind}/${id}`, undefined, { 'if-match': '*' });
    expect([status, body]).toEqual([200, { id, deleted: true }]);
    expect(heard).toEqual([{ subject: `user-data.${kind}.delete`, body: { id, ifMatch: '*' }, caller: undefined }]);
  });

  it('list a page', async () => {
    const { status, body } = await send('GET', `/api/${kind}?limit=2&cursor=c&sort=-updatedAt&updatedSince=${at}`);
    expect([status, body]).toEqual([200, { items: [{ ...stored, ...shown }], nextCursor: 'next' }]);
    expect(heard).toMatchObject([{ body: { limit: 2, cursor: 'c', sort: '-updatedAt', updatedSince: at } }]);
    const wrong = await send('GET', `/api/${kind}?sort=secret&limit=0&owner=${owner.userId}`);
    expect([wrong.status, fields(wrong)?.sort()]).toEqual([400, ['limit', 'owner', 'sort']]);
    expect(fields(await send('GET', `/api/${kind}?sort=createdAt&updatedSince=${at}`))).toEqual(['sort']);
  });

  it('need the scope of what an API key does', async () => {
    const reader = keyWith([`${kind}:read`]);
    const [read, write, other] = [
      await send('GET', `/api/${kind}`, undefined, {}, reader),
      await send('POST', `/api/${kind}`, draft, {}, reader),
      await send('GET', kind === 'items' ? '/api/templates' : '/api/items', undefined, {}, reader),
    ];
    expect([read.status, write.status, other.status]).toEqual([200, 403, 403]);
    const writer = keyWith([`${kind}:write`]);
    expect((await send('POST', `/api/${kind}`, draft, {}, writer)).status).toBe(201);
    expect((await send('DELETE', `/api/${kind}/${id}`, undefined, {}, writer)).status).toBe(200);
  });

  it('let an admin act as another user, named by id, Clerk id, e-mail address or phone number', async () => {
    for (const ref of [owner.userId, 'user_2', 'b%40example.com', '%2B4915112345678']) {
      const path = `/admin/users/${ref}/${kind}`;
      const answers = [
        await send('GET', path, undefined, {}, admin),
        await send('POST', path, draft, {}, admin),
        await send('GET', `${path}/${id}`, undefined, {}, admin),
        await send('PATCH', `${path}/${id}`, {}, { 'if-match': '"3"' }, admin),
        await send('DELETE', `${path}/${id}`, undefined, {}, admin),
      ];
      expect(answers.map(({ status }) => status)).toEqual([200, 201, 200, 200, 200]);
    }
    expect(heard).toHaveLength(20);
    for (const { body } of heard) expect(body).toMatchObject({ owner });
  });

  it('of another user are for admins, whose key has the scope', async () => {
    const path = `/admin/users/${owner.userId}/${kind}`;
    const [reader, writer] = [keyWith(['user-data:read'], 'admin'), keyWith(['user-data:write'], 'admin')];
    expect((await send('GET', path)).status).toBe(403);
    expect((await send('GET', path, undefined, {}, reader)).status).toBe(200);
    expect((await send('POST', path, draft, {}, reader)).status).toBe(403);
    expect((await send('POST', path, draft, {}, writer)).status).toBe(201);
    expect((await send('GET', path, undefined, {}, keyWith([`${kind}:*`], 'admin'))).status).toBe(403);
    expect((await send('GET', `/admin/users/nobody@example.com/${kind}`, undefined, {}, admin)).status).toBe(404);
    // user-sync of the previous release does not send the tier, which limits the owner.
    expect((await send('GET', `/admin/users/user_older/${kind}`, undefined, {}, admin)).status).toBe(503);
  });
});

describe('what cannot be stored is rejected by name:', () => {
  it.each([
    ['an unknown field', '/api/items', { title: 'a', userId: owner.userId }, 'userId'],
    ['NUL', '/api/items', '{"title":"a\\u0000"}', 'title'],
    ['a lone surrogate', '/api/templates', '{"name":"a","body":"\\ud800"}', 'body'],
    ['__proto__', '/api/sessions', '{"name":"a","settings":{"a":{"__proto__":{}}}}', 'settings.a.__proto__'],
    [
      'deep settings',
      '/api/sessions',
      { name: 'a', settings: JSON.parse(`${'{"a":'.repeat(9)}1${'}'.repeat(9)}`) },
      'settings',
    ],
    ['large settings', '/api/sessions', { name: 'a', settings: { a: 'x'.repeat(16_384) } }, 'settings'],
  ])('%s', async (_, path, body, field) => {
    const answer = await send('POST', path, body);
    expect([answer.status, fields(answer)]).toEqual([400, [field]]);
    expect(heard).toEqual([]);
  });

  it('more than 64 KiB', async () => {
    expect((await send('POST', '/api/templates', { name: 'a', body: 'x'.repeat(65_536) })).status).toBe(413);
  });
});

it('templates are listed by visibility and language, sessions by status', async () => {
  await send('GET', '/api/templates?visibility=public&language=en');
  await send('GET', '/api/sessions?status=paused');
  expect(heard).toMatchObject([{ body: { visibility: 'public', language: 'en' } }, { body: { status: 'paused' } }]);
  expect(fields(await send('GET', '/api/templates?visibility=all'))).toEqual(['visibility']);
  expect(fields(await send('GET', '/api/items?status=paused'))).toEqual(['status']);
});
