import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { connect } from 'node:net';
import {
  type RequestContract,
  assistantSessions,
  exportAudit,
  exportDataAudit,
  exportIdentifiers,
  exportMovements,
  exportReservations,
  exportWebhookEvents,
  getMe,
  getReferral,
  items,
  listAuthSessions,
  listKeys,
  listUploads,
  recordAudit,
  resolveKey,
  resolvePrincipal,
  showQuotas,
  templates,
  userExportSchema,
} from '@gatehouse/contracts';
import { mintApiKey } from '@gatehouse/auth';
import { RequestRefusedError } from '@gatehouse/messaging';
import { eventually } from '@gatehouse/testing';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal, sampleUser } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const at = '2026-01-02T03:04:05.678Z';
const quota = { period: '2026-01', limit: 9, used: 1, reserved: 0, remaining: 8, renewsAt: at };
const quotas = { tokens: quota, uploads: { ...quota, documentsUploaded: 1 } };
const item = (title: string) => ({
  id: randomUUID(),
  title,
  description: null,
  version: 1,
  createdAt: at,
  updatedAt: at,
});
const upload = { id: randomUUID(), name: 'a.pdf', size: null, contentType: null, createdAt: at };
const event = {
  id: '1',
  webhookId: 'msg_1',
  eventType: 'user.created',
  status: 'success',
  occurredAt: at,
  createdAt: at,
};
const exportedImport = {
  ...{ importId: randomUUID(), row: 1, planned: null },
  ...{ before: { city: null }, after: { city: 'Rome' } },
};
const key = {
  ...{ id: randomUUID(), userId: randomUUID(), name: 'ci', prefix: 'sk_x', scopes: ['*:*'], state: 'active' },
  ...{ rateLimit: null, createdAt: at, expiresAt: null, lastUsedAt: null, revokedAt: null, replacedBy: null },
};

let gateway: TestGateway;
let token: string;
let people = 0;
/** Subjects that services were asked, in order. */
const asked: string[] = [];
/** Answers items instead of two pages. */
let answerItems: ((cursor: string | undefined) => unknown) | undefined;
let isUserDataDown = false;
const audited: unknown[] = [];
const ids = new Map<string, string>();
const inactive = new Set<string>();
/** Scopes of every API key. */
let scopes: string[] = [];
const holder = { userId: randomUUID(), clerkUserId: null, role: 'user', tier: 'free', isActive: true } as const;

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, ingest, userData) => {
    const hear = (contract: RequestContract) => asked.push(contract.subject);
    userSync.answer(resolvePrincipal, ({ body: { clerkUserId } }) => {
      const userId = ids.get(clerkUserId) ?? randomUUID();
      ids.set(clerkUserId, userId);
      return samplePrincipal(clerkUserId, { userId, isActive: !inactive.has(clerkUserId) });
    });
    userSync.answer(resolveKey, () => ({
      change: 0,
      key: { ...holder, keyId: randomUUID(), scopes, state: 'active', expiresAt: null, rateLimit: null } as const,
    }));
    userSync.answer(recordAudit, ({ body, envelope }) => {
      audited.push([body.action, envelope.principal?.clerkUserId]);
      return {};
    });
    const answer = (peer: typeof userSync, contract: RequestContract, reply: (cursor?: string) => unknown) =>
      peer.answer(contract, ({ body }) => {
        hear(contract);
        return reply((body as { cursor?: string }).cursor);
      });
    const page = (...entries: unknown[]) => ({ items: entries, nextCursor: null });
    answer(userSync, getMe, () => sampleUser(randomUUID(), 'user_1'));
    answer(userSync, listAuthSessions, () => ({ ...page(), clerk: 'none', truncated: false }));
    answer(userSync, listKeys, () => page(key));
    const code = { code: 'ABC', referredUsers: 0, used: null, canUseCode: false, usableUntil: null };
    answer(userSync, getReferral, () => code);
    answer(userSync, exportAudit, () => page());
    answer(userSync, exportIdentifiers, () => ({
      externalId: '1001',
      stripeCustomerId: null,
      imports: [exportedImport],
    }));
    answer(ingest, exportWebhookEvents, () => page({ ...event, payload: { type: 'user.created' } }));
    userData.answer(showQuotas, () => {
      if (isUserDataDown) throw new RequestRefusedError('unavailable', 'down');
      return quotas;
    });
    answer(userData, items.list, (cursor) => {
      if (answerItems !== undefined) return answerItems(cursor);
      return cursor === undefined ? { items: [item('a'), item('b')], nextCursor: 'two' } : page(item('c "quoted"'));
    });
    for (const contract of [templates.list, assistantSessions.list, exportReservations, exportMovements]) {
      answer(userData, contract, () => page());
    }
    answer(userData, exportDataAudit, () => page());
    answer(userData, listUploads, () => ({ ...quotas.uploads, ...page(upload) }));
  });
});

afterAll(() => gateway?.stop());
beforeEach(async () => {
  asked.length = 0;
  audited.length = 0;
  answerItems = undefined;
  isUserDataDown = false;
  people += 1;
  // A user of its own for each test, because a user exports five times a minute.
  token = await mint(gateway.pair, `user_export${people}`);
});

const get = (init?: RequestInit) => call(`${gateway.url}/api/me/export`, token, init);
const start = () => fetch(`${gateway.url}/api/me/export`, { headers: { authorization: `Bearer ${token}` } });

describe('GET /api/me/export', () => {
  it('sends one complete document with all pages of all services, as a download that is not stored', async () => {
    const { status, headers, body } = await get();
    expect(status).toBe(200);
    expect(headers.get('content-disposition')).toMatch(
      /^attachment; filename="gatehouse-export-\d{4}-\d\d-\d\d.json"$/,
    );
    expect(headers.get('content-type')).toBe('application/json');
    expect(headers.get('cache-control')).toBe('no-store');
    const parsed = userExportSchema.strict().parse(body);
    expect(Object.keys(body as object)).toEqual(Object.keys(userExportSchema.shape));
    expect(parsed.items.map(({ title }) => title)).toEqual(['a', 'b', 'c "quoted"']);
    expect(parsed.webhookEvents).toEqual([{ ...event, payload: { type: 'user.created' } }]);
    expect(parsed.identifiers).toEqual({ externalId: '1001', stripeCustomerId: null });
    expect(parsed.imports).toEqual([exportedImport]);
    expect(parsed.complete).toBe(true);
    expect(audited).toEqual([['me.export', `user_export${people}`]]);
  });

  it('breaks off the connection when a later page cannot be read, so that no client takes it for the whole', async () => {
    answerItems = (cursor) => {
      if (cursor !== undefined) throw new RequestRefusedError('unavailable', 'down');
      return { items: [item('a')], nextCursor: 'two' };
    };
    const response = await start();
    expect(response.status).toBe(200);
    let text = '';
    const decoder = new TextDecoder();
    const reading = (async () => {
      for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) text += decoder.decode(chunk);
    })();
    await expect(reading).rejects.toThrow();
    expect(text).toContain('"title":"a"');
    expect(text).not.toContain('complete');
    answerItems = undefined;
    expect(await get()).toMatchObject({ status: 200, body: { complete: true } });
  });

  it('is 503 when a service is unavailable from the beginning', async () => {
    isUserDataDown = true;
    expect(await get()).toMatchObject({ status: 503, body: { code: 'unavailable' } });
  });

  it('breaks off when the user is deactivated meanwhile', async () => {
    let released = () => undefined as void;
    const held = new Promise<void>((resolve) => (released = resolve));
    answerItems = async (cursor) => {
      if (cursor === undefined) return { items: [item('a')], nextCursor: 'two' };
      await held;
      return { items: [item('b')], nextCursor: 'three' };
    };
    const response = await start();
    const text = response.text();
    text.catch(() => undefined);
    await eventually(() => asked.filter((subject) => subject === items.list.subject).length === 2);
    const clerkUserId = `user_export${people}`;
    const userId = ids.get(clerkUserId) ?? '';
    inactive.add(clerkUserId);
    const { number } = gateway.changes.change({ kind: 'user', reason: 'deactivated', userId, clerkUserId });
    try {
      await eventually(() => [...gateway.changes.acknowledged.values()].some((seen) => seen >= number));
    } finally {
      released();
    }
    await expect(text).rejects.toThrow();
    expect(asked.filter((subject) => subject === items.list.subject)).toHaveLength(2);
  });

  it('reads no further while the client does not read', async () => {
    const description = 'x'.repeat(5_000);
    answerItems = () => ({
      items: Array.from({ length: 100 }, () => ({ ...item('long'), description })),
      nextCursor: 'more',
    });
    const socket = connect(Number(new URL(gateway.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    socket.pause();
    socket.write(`GET /api/me/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\n\r\n`);
    const pages = () => asked.filter((subject) => subject === items.list.subject).length;
    await eventually(() => pages() > 0);
    // The buffers of both sockets take some pages of 500 KB. Then the number stands still.
    let last = -1;
    await eventually(async () => {
      const before = last;
      last = pages();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return pages() === before;
    });
    expect(last).toBeLessThan(40);
    expect(await get()).toMatchObject({ status: 429, body: { code: 'rate_limited' } });
    socket.destroy();
    await once(socket, 'close');
    answerItems = undefined;
    await eventually(async () => (await get()).status === 200);
  });

  it('says at HEAD what it would send, and reads nothing', async () => {
    const { status, headers } = await get({ method: 'HEAD' });
    expect([status, headers.get('content-disposition') !== null]).toEqual([200, true]);
    expect(asked).toEqual([]);
  });

  it('rejects a session in which somebody else acts as the user', async () => {
    const acting = await mint(gateway.pair, `user_export${people}`, { claims: { act: { sub: 'user_support' } } });
    const { status, body } = await call(`${gateway.url}/api/me/export`, acting);
    expect([status, body.code]).toEqual([401, 'token_impersonated']);
  });

  it('needs the scope me:export of an API key', async () => {
    const send = (serial: number) => {
      const secret = mintApiKey({ environment: 'prod', random: new Uint8Array(32).fill(serial) });
      return call(`${gateway.url}/api/me/export`, undefined, { headers: { 'x-api-key': secret } });
    };
    scopes = ['profile:*'];
    expect(await send(1)).toMatchObject({ status: 403, body: { code: 'scope_insufficient' } });
    scopes = ['me:export'];
    expect(await send(2)).toMatchObject({ status: 200, body: { complete: true } });
  });

  it('is limited to five a minute', async () => {
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await get()).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 429]);
  });
});
