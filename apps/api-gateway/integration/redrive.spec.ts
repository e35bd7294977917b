import {
  type Erasure,
  type Redrive,
  eraseUserData,
  eraseUserPayloads,
  findUser,
  getLedgerStats,
  getRedrive,
  listRedrives,
  redriveEvents,
  resolvePrincipal,
} from '@gatehouse/contracts';
import { RequestRefusedError } from '@gatehouse/messaging';
import { call } from './support/call';
import { mint } from './support/clerk-tokens';
import { samplePrincipal } from './support/samples';
import { type TestGateway, startTestGateway } from './support/test-gateway';

const id = '8d6f2a2e-5f0a-4b5e-9a53-2b1f7f2a1c11';
const at = '2026-11-21T00:00:00.000Z';
const audit = { id, at, actorUserId: id, requestId: 'r', filter: {}, redriven: 1 };
const progress = { pending: 0, processing: 1, success: 0, failed: 0, invalid: 0, ignored: 0 };
const redrive: Redrive = { ...audit, progress, done: false };
const erasure: Erasure = {
  id,
  clerkUserId: 'user_gone',
  at,
  events: 2,
  bodies: 2,
  bytes: 9,
  mentions: 0,
  unresolved: 0,
  streamMessages: 2,
  streamClearBy: null,
};

let gateway: TestGateway;
let admin: string;
const heard: [string, unknown][] = [];

beforeAll(async () => {
  gateway = await startTestGateway({}, (userSync, ingest, userData) => {
    userSync
      .answer(resolvePrincipal, ({ body: { clerkUserId } }) =>
        samplePrincipal(clerkUserId, { role: clerkUserId === 'user_admin' ? 'admin' : 'user' }),
      )
      .answer(findUser, ({ body: { user } }) => {
        if (user === 'user_unknown') throw new RequestRefusedError('not_found', 'there is no such user');
        return { userId: id, clerkUserId: user, tier: 'free' as const };
      });
    userData.answer(eraseUserData, ({ body }) => {
      heard.push(['erase own data', body]);
      return { at, rows: { items: 2 }, complete: true };
    });
    ingest
      .answer(redriveEvents, ({ body }) => {
        heard.push(['redrive', body]);
        const { dryRun } = body;
        return { redriveId: dryRun ? null : id, dryRun, redriven: 1, skipped: 0, items: [], nextCursor: null };
      })
      .answer(getRedrive, () => redrive)
      .answer(listRedrives, () => ({ items: [audit], nextCursor: null }))
      .answer(eraseUserPayloads, ({ body }) => {
        heard.push(['erase', body]);
        return erasure;
      })
      .answer(getLedgerStats, ({ body: { hours } }) => ({
        at,
        since: at,
        byStatus: progress,
        byType: [],
        byHour: [],
        retries: hours,
        open: { pending: 0, processing: 0, retrying: 0, dead: 0 },
        oldestUnpublished: null,
        oldestUnapplied: null,
        receivedToApplied: { events: 0, p50Ms: null, p99Ms: null },
        lastEvent: null,
        secrets: [],
        rejected: { kept: 0, lastAt: null },
        silence: {
          state: 'unknown' as const,
          reason: '',
          sinceMs: null,
          thresholdMs: 1,
          longestBeforeMs: null,
          movedAt: null,
        },
      }));
  });
});

afterAll(() => gateway?.stop());
beforeEach(async () => {
  heard.length = 0;
  admin = await mint(gateway.pair, 'user_admin');
});

const ask = (method: string, path: string, body?: unknown, token = admin) =>
  call(`${gateway.url}/admin/${path}`, token, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });

describe('an admin', () => {
  it('redrives by filter, or shows with dryRun what a redrive would do', async () => {
    const filter = { status: 'failed', since: '2026-11-01T00:00:00Z' };
    const answer = await ask('POST', 'webhook-events/redrive', { filter, dryRun: true, limit: 5 });
    expect([answer.status, answer.body]).toMatchObject([200, { redriveId: null, dryRun: true, redriven: 1 }]);
    const asked = { ...filter, since: new Date(filter.since).toISOString() };
    expect(heard).toEqual([['redrive', { filter: asked, dryRun: true, limit: 5 }]]);
  });

  it('sees with dryRun in the body what a redrive of one event would do', async () => {
    const answer = await ask('POST', 'webhook-events/msg_9/redrive', { dryRun: true });
    expect(answer.status).toBe(200);
    expect(heard).toEqual([['redrive', { filter: { ids: ['msg_9'] }, dryRun: true, limit: 100 }]]);
  });

  it('redrives one event, or shows with dryRun in the query what a redrive would do', async () => {
    expect(await ask('POST', 'webhook-events/msg_1/redrive')).toMatchObject({ status: 200, body: { redriveId: id } });
    expect(await ask('POST', 'webhook-events/msg_1/redrive?dryRun=true')).toMatchObject({ body: { redriveId: null } });
    expect(heard.map(([, body]) => body)).toEqual([
      { filter: { ids: ['msg_1'] }, dryRun: false, limit: 100 },
      { filter: { ids: ['msg_1'] }, dryRun: true, limit: 100 },
    ]);
  });

  it.each([
    [{ filter: {} }],
    [{ filter: { stauts: 'failed' } }],
    [{ filter: { status: 'success' } }],
    [{ filter: { status: 'failed' }, limit: 1_001 }],
    [{ filter: { since: 'yesterday' } }],
    [{}],
  ])('gets an error for %j, and nothing is redriven', async (body) => {
    expect(await ask('POST', 'webhook-events/redrive', body)).toMatchObject({ status: 400 });
    expect(heard).toEqual([]);
  });

  it('lists redrives and shows their progress', async () => {
    expect(await ask('GET', 'webhook-events/redrives')).toMatchObject({ status: 200, body: { items: [audit] } });
    expect(await ask('GET', `webhook-events/redrives/${id}`)).toMatchObject({ status: 200, body: redrive });
  });

  it('erases the payloads and the own data of a deleted user, and gets the counts', async () => {
    const answer = await ask('DELETE', 'webhook-events/payloads/user_gone');
    const userData = { at, rows: { items: 2 }, complete: true };
    expect([answer.status, answer.body]).toEqual([200, { ...erasure, userData }]);
    expect(heard).toEqual([
      ['erase', { clerkUserId: 'user_gone', force: false }],
      ['erase own data', { userId: id }],
    ]);
    const unknown = await ask('DELETE', 'webhook-events/payloads/user_unknown');
    expect([unknown.status, unknown.body.userData]).toEqual([200, null]);
    expect(await ask('DELETE', 'webhook-events/payloads/nobody')).toMatchObject({ status: 400 });
  });

  it('sees the statistics', async () => {
    expect(await ask('GET', 'stats?hours=48')).toMatchObject({ status: 200, body: { retries: 48 } });
    expect(await ask('GET', 'stats?hours=9999')).toMatchObject({ status: 400 });
  });
});

it('a user who is not an admin can neither redrive events, list redrives nor see the statistics', async () => {
  const user = await mint(gateway.pair, 'user_plain');
  for (const [method, path] of [
    ['POST', 'webhook-events/msg_1/redrive'],
    ['GET', 'webhook-events/redrives'],
    ['GET', 'stats'],
    ['DELETE', 'webhook-events/payloads/user_gone'],
  ] as const) {
    expect(await ask(method, path, undefined, user)).toMatchObject({ status: 403 });
  }
  expect(heard).toEqual([]);
});
