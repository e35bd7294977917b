import { randomUUID } from 'node:crypto';
import { type ReplyOf, type RequestErrorCode, type RequestOf, createKey, resolvePrincipal } from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { mint } from './support/clerk-tokens';
import { type RawAnswer, sendRaw } from './support/raw-request';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const made: ReplyOf<typeof createKey> = {
  ...{ id: randomUUID(), userId: randomUUID(), name: 'ci', prefix: 'sk_dev_abc', key: 'sk_dev_abcdef' },
  ...{ scopes: ['profile:read'], state: 'active', rateLimit: null, createdAt: '2026-01-02T03:04:05.678Z' },
  ...{ expiresAt: null, lastUsedAt: null, revokedAt: null, replacedBy: null },
};

let gateway: TestGateway;
let reply: (request: RequestOf<typeof createKey>) => ReplyOf<typeof createKey>;
const reached: RequestOf<typeof createKey>[] = [];

beforeAll(async () => {
  gateway = await startTestGateway({ CORS_ORIGINS: 'https://app.example.com' }, (userSync) => {
    userSync.answer(resolvePrincipal, ({ body: { clerkUserId } }) => samplePrincipal(clerkUserId));
    userSync.answer(createKey, ({ body }) => {
      reached.push(body);
      return reply(body);
    });
  });
});
beforeEach(() => {
  reached.length = 0;
  reply = () => made;
});
afterAll(() => gateway?.stop());

/** Creates an API key, with the given lines of the header. */
async function create(...keys: string[]): Promise<RawAnswer> {
  const token = await mint(gateway.pair, `user_${randomUUID().slice(0, 8)}`);
  return sendRaw(gateway.url, {
    method: 'POST',
    path: '/api/keys',
    headers: [
      ['Authorization', `Bearer ${token}`],
      ['Content-Type', 'application/json'],
      ['Origin', 'https://app.example.com'],
      ...keys.map((key) => ['Idempotency-Key', key] as const),
    ],
    body: JSON.stringify({ name: 'ci', scopes: ['profile:read'] }),
  });
}

describe('a request with an Idempotency-Key', () => {
  it('reaches the service with the key and the path, quoted or not', async () => {
    for (const key of ['k-1', '"k-1"']) expect((await create(key)).status).toBe(201);
    const idempotency = { key: 'k-1', path: 'POST /api/keys' };
    expect(reached).toEqual([expect.objectContaining({ idempotency }), expect.objectContaining({ idempotency })]);
  });

  it('reaches the service without the field if it has no key, so that an older service accepts it', async () => {
    expect((await create()).status).toBe(201);
    expect(reached).toEqual([{ name: 'ci', scopes: ['profile:read'] }]);
  });

  it('gets the first response again, with a header that pages can read', async () => {
    const first = await create('k');
    reply = () => ({ ...made, replayed: true });
    const again = await create('k');
    expect([again.status, again.text]).toEqual([first.status, first.text]);
    expect([first.headers['idempotency-replayed'], again.headers['idempotency-replayed']]).toEqual([undefined, 'true']);
    for (const name of ['Idempotency-Replayed', 'ETag', 'Retry-After']) {
      expect(again.headers['access-control-expose-headers']).toContain(name);
    }
  });

  it.each([
    ['an empty key', [' ']],
    ['an empty quoted key', ['""']],
    ['a key with a space', ['a b']],
    ['a key that is too long', ['k'.repeat(256)]],
    ['two keys', ['a', 'b']],
    ['two keys in one header', ['"a", "b"']],
    ['bytes above ASCII', ['k\xe9y']],
  ])('is rejected with %s, and the header is named', async (_, keys) => {
    const { status, body } = await create(...keys);
    expect([status, body.code]).toEqual([400, 'invalid_request']);
    expect(body.errors).toEqual([expect.objectContaining({ in: 'header', field: 'Idempotency-Key' })]);
    expect(reached).toEqual([]);
  });

  it.each<[RequestErrorCode, number, string | undefined]>([
    ['idempotency_in_progress', 409, '1'],
    ['idempotency_key_reused', 422, undefined],
    ['idempotency_secret_gone', 409, undefined],
  ])('is answered %s with status %i', async (code, status, retryAfter) => {
    reply = () => {
      throw new RequestRefusedError(code, 'refused');
    };
    const answer = await create('k');
    expect([answer.status, answer.body.code, answer.headers['retry-after']]).toEqual([status, code, retryAfter]);
  });
});
