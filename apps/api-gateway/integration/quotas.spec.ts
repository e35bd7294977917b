import { randomUUID } from 'node:crypto';
import {
  type LimitState,
  type Quota,
  type RequestContract,
  type Reservation,
  commitReservation,
  consumeTokens,
  findUser,
  getMe,
  grantQuota,
  inspectQuotas,
  listMovements,
  listUploads,
  recordUpload,
  releaseReservation,
  removeLimit,
  reserveTokens,
  resolvePrincipal,
  setLimit,
  showQuotas,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const id = randomUUID();
const renewsAt = '2026-12-01T00:00:00.000Z';
const quota: Quota = { period: '2026-11', limit: 10_000, used: 3, reserved: 2, remaining: 9_995, renewsAt };
const quotas = { tokens: quota, uploads: { ...quota, documentsUploaded: 7 } };
const reservation: Reservation = {
  ...{ id, kind: 'tokens', state: 'open', amount: 5, committedAmount: null, period: '2026-11', remaining: 1 },
  ...{ createdAt: renewsAt, expiresAt: renewsAt, settledAt: null },
};
const upload = { id, name: 'a.pdf', size: null, contentType: null, createdAt: renewsAt };
const limits: LimitState = {
  ...{ kind: 'tokens', tierLimit: 10_000, override: null, granted: 0, limit: 10_000, used: 0, reserved: 0 },
  ...{ remaining: 10_000, openReservations: 0, period: '2026-11', renewsAt },
};

let gateway: TestGateway;
/** What user-data was asked. */
const heard: unknown[] = [];
/** Settles when user-data answers requests for the quotas of a profile. */
let answering: Promise<void> = Promise.resolve();

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, _ingest, userData) => {
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) =>
        samplePrincipal(clerkUserId, { role: clerkUserId === 'user_admin' ? 'admin' : 'user' }),
      )
      .answer(getMe, () => sampleUser(id, 'user_1'))
      .answer(findUser, () => ({ userId: id, clerkUserId: 'user_1', tier: 'pro' as const }));
    const answer = <C extends RequestContract>(contract: C, reply: unknown) =>
      userData.answer(contract, ({ body }) => {
        heard.push([contract.subject, body]);
        return reply as never;
      });
    userData
      .answer(showQuotas, () => answering.then(() => quotas))
      .answer(consumeTokens, ({ body }) => {
        heard.push([consumeTokens.subject, body]);
        if (body.amount <= 9_995) return { ...quota, ...(body.idempotency && { replayed: true }) };
        const standing = { kind: 'tokens', limit: 10_000, remaining: 9_995, renewsAt };
        throw new RequestRefusedError('quota_exceeded', 'The quota is used up.', {
          retryAfterMs: 172_799_400,
          quota: standing,
        });
      });
    answer(reserveTokens, reservation);
    answer(commitReservation, { ...reservation, state: 'committed' });
    answer(releaseReservation, { ...reservation, state: 'released' });
    answer(recordUpload, { ...quotas.uploads, upload });
    answer(listUploads, { ...quotas.uploads, items: [upload], nextCursor: null });
    answer(inspectQuotas, { userId: id, tier: 'pro', documentsUploaded: 7, items: [limits] });
    answer(listMovements, { items: [], nextCursor: null });
    answer(grantQuota, limits);
    answer(setLimit, limits);
    answer(removeLimit, limits);
  });
});

afterAll(() => gateway?.stop());
beforeEach(() => (heard.length = 0));

async function ask(method: string, path: string, body?: unknown, headers: Record<string, string> = {}, who = 'user_1') {
  const token = await mint(gateway.pair, who);
  const content = body === undefined ? {} : { 'content-type': 'application/json' };
  const init = {
    method,
    headers: { ...content, ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  return call(gateway.url + path, token, init);
}

describe('a quota that is used up', () => {
  it('is 429 with what is left, when it renews, and Retry-After in whole seconds', async () => {
    const { status, headers, body } = await ask('POST', '/api/tokens/consume', { amount: 9_996 });
    expect([status, headers.get('retry-after'), headers.get('content-type')]).toEqual([
      ...[429, '172800', 'application/problem+json'],
    ]);
    expect(body).toMatchObject({
      code: 'quota_exceeded',
      quota: { kind: 'tokens', limit: 10_000, remaining: 9_995, renewsAt },
    });
  });
});

describe('the routes of quotas', () => {
  it('show and consume tokens', async () => {
    expect(await ask('GET', '/api/tokens')).toMatchObject({ status: 200, body: quota });
    expect(await ask('POST', '/api/tokens/consume', { amount: 5 })).toMatchObject({ status: 200, body: quota });
    expect(heard).toEqual([[consumeTokens.subject, { amount: 5 }]]);
  });

  it('pass an Idempotency-Key on with method and path, and mark a replay', async () => {
    const answer = await ask('POST', '/api/tokens/consume', { amount: 5 }, { 'idempotency-key': 'k-1' });
    expect([answer.headers.get('idempotency-replayed'), answer.body]).toEqual(['true', quota]);
    const idempotency = { key: 'k-1', path: 'POST /api/tokens/consume' };
    expect(heard).toEqual([[consumeTokens.subject, { amount: 5, idempotency }]]);
  });

  it('reserve, commit and release', async () => {
    expect(await ask('POST', '/api/tokens/reservations', { amount: 5 })).toMatchObject({
      ...{ status: 201, body: reservation },
    });
    const path = `/api/tokens/reservations/${id.toUpperCase()}`;
    expect(await ask('POST', `${path}/commit`, { amount: 0 })).toMatchObject({ body: { state: 'committed' } });
    expect(await ask('POST', `${path}/release`)).toMatchObject({ status: 200, body: { state: 'released' } });
    expect(heard).toEqual([
      [reserveTokens.subject, { amount: 5, ttlSeconds: 300 }],
      [commitReservation.subject, { id, amount: 0 }],
      [releaseReservation.subject, { id }],
    ]);
  });

  it.each([
    ['/api/tokens/consume', { amount: 0 }, 'amount'],
    ['/api/tokens/consume', { amount: -1 }, 'amount'],
    ['/api/tokens/consume', { amount: 1.5 }, 'amount'],
    ['/api/tokens/consume', { amount: '5' }, 'amount'],
    ['/api/tokens/consume', { amount: 1_000_000_001 }, 'amount'],
    ['/api/tokens/consume', {}, 'amount'],
    ['/api/tokens/reservations', { amount: 1, ttlSeconds: 3_601 }, 'ttlSeconds'],
    ['/api/tokens/reservations', { amount: 1, ttlSeconds: 0 }, 'ttlSeconds'],
    ['/api/tokens/reservations/none/commit', { amount: 1 }, 'id'],
    ['/api/uploads', { name: ' ' }, 'name'],
    ['/api/uploads', { name: 'a\u0000b' }, 'name'],
    ['/api/uploads', { name: 'a', size: -1 }, 'size'],
    ['/api/uploads', { name: 'a', contentType: 'pdf' }, 'contentType'],
  ])('POST %s rejects %j by the name of its field', async (path, body, field) => {
    const answer = await ask('POST', path, body);
    expect(answer.status).toBe(400);
    expect(answer.body.errors ?? [{ field }]).toMatchObject([{ field }]);
    expect(heard).toEqual([]);
  });

  it('record and list uploads', async () => {
    const recorded = await ask('POST', '/api/uploads', { name: 'a.pdf' });
    expect(recorded).toMatchObject({ status: 201, body: { documentsUploaded: 7, upload: { name: 'a.pdf' } } });
    expect(await ask('GET', '/api/uploads?limit=2')).toMatchObject({ body: { remaining: 9_995, items: [{ id }] } });
    expect(heard).toEqual([
      [recordUpload.subject, { name: 'a.pdf', size: null, contentType: null }],
      [listUploads.subject, { limit: 2 }],
    ]);
  });
});

describe('the routes of admins', () => {
  const path = '/admin/users/ada@example.com/quotas';
  const owner = { userId: id, tier: 'pro' };

  it('name the owner with its tier', async () => {
    const asAdmin = (method: string, rest: string, body?: unknown) => ask(method, path + rest, body, {}, 'user_admin');
    const answers = [
      await asAdmin('GET', ''),
      await asAdmin('GET', '/tokens/ledger?limit=5'),
      await asAdmin('POST', '/tokens/grants', { amount: 9, reason: 'ticket 7' }),
      await asAdmin('PUT', '/items/limit', { limit: 0 }),
      await asAdmin('DELETE', '/items/limit'),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 201, 200, 200]);
    expect(heard).toEqual([
      [inspectQuotas.subject, { owner }],
      [listMovements.subject, { owner, kind: 'tokens', limit: 5 }],
      [grantQuota.subject, { owner, kind: 'tokens', amount: 9, reason: 'ticket 7' }],
      [setLimit.subject, { owner, kind: 'items', limit: 0, reason: null }],
      [removeLimit.subject, { owner, kind: 'items' }],
    ]);
    expect(await asAdmin('POST', '/items/grants', { amount: 9, reason: 'r' })).toMatchObject({ status: 400 });
    expect(await asAdmin('PUT', '/tokens/limit', { limit: -1 })).toMatchObject({ status: 400 });
  });

  it('are 403 for others', async () => {
    expect(await ask('GET', path)).toMatchObject({ status: 403 });
    expect(heard).toEqual([]);
  });
});

describe('the profile', () => {
  it('has the quotas', async () => {
    expect(await ask('GET', '/api/me')).toMatchObject({ status: 200, body: { id, quotas } });
  });

  it('is shown without quotas when user-data does not answer', async () => {
    let answer = () => undefined as void;
    answering = new Promise((resolve) => (answer = resolve));
    const impatient = await gateway.another({ quotas: 200 });
    try {
      const shown = await call(`${impatient.url}/api/me`, await mint(gateway.pair, 'user_1'));
      expect(shown).toMatchObject({ status: 200, body: { id, quotas: null } });
    } finally {
      answer();
      await impatient.app.close();
    }
  });
});
