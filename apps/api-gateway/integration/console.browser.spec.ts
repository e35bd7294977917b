import { join } from 'node:path';
import {
  type WebhookEventDetail,
  explainUser,
  getLedgerStats,
  getWebhookEvent,
  listGateways,
  listReconciles,
  listWebhookEvents,
  redriveEvents,
  searchUsers,
  showUser,
} from '@gatehouse/contracts';
import { freePort, workspaceRoot } from '@gatehouse/local-stack';
import { eventually, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type AttackedGateway, startAttackedGateway } from './support/attacked-gateway';
import { call } from './support/call';
import { accessFaults, complaintsOf } from './support/page-faults';
import { type PeerService } from './support/peer-service';
import { sampleAdminUser, sampleEventDetail } from './support/samples';

/** Includes the download of Chromium's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 240_000;
/** Limit for one element to appear, on a busy machine. */
const WAIT_MS = 60_000;
const ADA = '018f0000-0000-7000-8000-0000000000ad';
const EVENTS = 950;

let gateway: AttackedGateway;
let browser: Browser;
let context: BrowserContext | undefined;
/** The newest event, which a redrive lets succeed. */
let failed: WebhookEventDetail;

beforeAll(async () => {
  browser = await launchChromium();
  const port = await freePort();
  gateway = await startAttackedGateway(
    { CONSOLE_URL: `http://console.localhost:${port}`, PORT: String(port) },
    { consoleFiles: join(workspaceRoot(), 'dist/apps/console/site') },
    answerConsole,
  );
}, FETCH_LIMIT_MS);
beforeEach(() => {
  failed = {
    ...sampleEventDetail,
    ...{ id: String(EVENTS), webhookId: 'msg_2failed', eventType: 'user.updated', status: 'failed' },
    ...{ clerkUserId: 'user_ada', retryCount: 8, errorMessage: 'EMAIL_TAKEN: the address is held by another user' },
    ...{ processedAt: null, payload: { data: { email_addresses: ['ada@example.com'] } } },
  };
});
afterEach(() => context?.close());
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** Lets the other services answer what the pages ask. */
function answerConsole(userSync: PeerService, ingest: PeerService): void {
  const at = new Date().toISOString();
  const eventAt = (place: number): WebhookEventDetail =>
    place === EVENTS ? failed : { ...sampleEventDetail, id: String(place), webhookId: `msg_${place}`, createdAt: at };
  ingest.answer(getLedgerStats, () => {
    const dead = failed.status === 'failed' ? 1 : 0;
    return {
      ...{ at, since: at, byStatus: { success: EVENTS - dead, failed: dead }, retries: 8 },
      byType: [
        { eventType: 'user.created', count: EVENTS - 1 },
        { eventType: 'user.updated', count: 1 },
      ],
      byHour: [{ hour: `${at.slice(0, 13)}:00:00.000Z`, count: EVENTS, failed: dead }],
      open: { pending: 0, processing: 0, retrying: 0, dead },
      ...{ oldestUnpublished: null, oldestUnapplied: null, secrets: [], rejected: { kept: 0, lastAt: null } },
      receivedToApplied: { events: EVENTS, p50Ms: 14, p99Ms: 120 },
      lastEvent: { at, eventType: 'user.updated' },
      silence: {
        ...{ state: 'heard', reason: 'a webhook arrived within the threshold', sinceMs: 3_000, thresholdMs: 600_000 },
        ...{ longestBeforeMs: null, movedAt: null },
      },
    };
  });
  ingest.answer(listWebhookEvents, ({ body: { cursor, limit, dead } }) => {
    if (dead) return { items: failed.status === 'failed' ? [failed] : [], nextCursor: null };
    const from = cursor === undefined ? EVENTS : Number(cursor);
    const last = Math.max(from - limit, 0);
    const items = Array.from({ length: from - last }, (_, index) => eventAt(from - index));
    return { items, nextCursor: last === 0 ? null : String(last) };
  });
  ingest.answer(getWebhookEvent, () => failed);
  ingest.answer(redriveEvents, ({ body: { dryRun } }) => {
    const { id, webhookId, eventType, status, clerkUserId, retryCount, errorMessage } = failed;
    const item = { id, webhookId, eventType, status, clerkUserId, retryCount, errorMessage, reason: null };
    if (!dryRun) failed = { ...failed, status: 'success', retryCount: 0, errorMessage: null, processedAt: at };
    const redriveId = dryRun ? null : ADA;
    return { redriveId, dryRun, redriven: 1, skipped: 0, items: [{ ...item, action: 'redrive' }], nextCursor: null };
  });
  const ada = sampleAdminUser(ADA, 'user_ada');
  userSync
    .answer(listReconciles, () => ({ items: [] }))
    .answer(listGateways, () => ({
      ...{ current: 4, complete: true },
      items: [{ id: ADA, live: true, leaseExpiresAt: at, acknowledged: 4 }],
    }))
    .answer(searchUsers, ({ body: { q } }) => ({ items: q === 'nobody' ? [] : [ada], nextCursor: null }))
    .answer(showUser, () => ada)
    .answer(explainUser, () => ({
      ...{ userId: ADA, clerkUserId: 'user_ada', state: 'live', version: 1, atClerk: null, deletedAt: null },
      ...{ redactsAt: null, tombstone: null, nextCursor: null, lastSighting: null, conflicts: [], writeBack: null },
      steps: [
        {
          ...{ id: 'msg_2failed', source: 'webhook', eventType: 'user.updated', decision: 'conflict', attempt: 1, at },
          ...{ reason: 'EMAIL_TAKEN', versionSeen: 2, versionBefore: 1, versionAfter: 1, correlationId: 'c' },
        },
      ],
    }));
}

/** Makes a link with the API key of an admin. */
async function link(scopes: readonly string[] = ['*:*']): Promise<string> {
  const key = gateway.key({ role: 'admin', scopes: [...scopes] });
  const init = { method: 'POST', headers: { 'x-api-key': key } };
  const { body } = await call(`${gateway.url}/admin/console-codes`, undefined, init);
  return body.url as string;
}

type Look = { readonly colorScheme?: 'dark'; readonly width?: number };

/** Opens a link in a new browser. The link is made when the page is there, because it expires after a minute. */
async function open(make: () => Promise<string>, { colorScheme, width = 1_280 }: Look = {}): Promise<Page> {
  await context?.close();
  context = await browser.newContext({ viewport: { width, height: 800 }, ...(colorScheme && { colorScheme }) });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  await page.goto(await make());
  return page;
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 1, name }).waitFor();
const press = (page: Page, role: 'link' | 'button', name: string) =>
  page.getByRole(role, { name, exact: true }).click();

it(
  'an operator signs in by a link, finds the dead event, sees what a redrive would change, and redrives it',
  async () => {
    let url = '';
    const page = await open(async () => (url = await link()));
    const complaints = complaintsOf(page);
    await heading(page, 'Overview');
    expect(new URL(page.url()).hash).toBe('');
    // At once: after a minute, the link has expired.
    await page.goto(url);
    await page.getByText('This link has signed in before.').waitFor();
    await page.reload();
    await page.getByText('1 event is dead').waitFor();
    await press(page, 'link', 'Find the cause, then redrive.');
    await page.getByRole('link', { name: /user\.updated/ }).click();
    await heading(page, 'user.updated');
    await page.getByText('EMAIL_TAKEN', { exact: false }).first().waitFor();
    expect(await page.getByText('ada@example.com').count()).toBe(0);

    await press(page, 'button', 'Redrive …');
    const dialog = page.getByRole('dialog', { name: 'Redrive this event?' });
    await dialog.getByRole('row', { name: 'status failed pending' }).waitFor();
    await dialog.getByRole('row', { name: 'retries used 8 0' }).waitFor();
    expect(await accessFaults(page, ['dialog'])).toEqual([]);
    expect(failed.status).toBe('failed');
    await press(page, 'button', 'Redrive the event');
    await page.locator('.badge', { hasText: 'success' }).waitFor();

    await press(page, 'link', 'Overview');
    await page.getByText('Nothing. Events arrive').waitFor();
    await press(page, 'button', 'Sign out');
    await heading(page, 'Sign in to the console');
    expect(complaints.filter((text) => !/status of 40[01]/.test(text))).toEqual([]);
  },
  STORY_LIMIT_MS,
);

it.each<[string, Look, string[] | undefined]>([
  ['on a desk, in light colors', {}, undefined],
  // Width and scheme change only layout and colors.
  ['in a hand, in dark colors', { colorScheme: 'dark', width: 390 }, ['color-contrast']],
])(
  'no page has a fault that axe finds, or is wider than the screen, %s',
  async (_, look, rules) => {
    const page = await open(link, look);
    const pages = [
      ['/console', 'Overview'],
      ['/console/events', 'Events'],
      ['/console/events/msg_2failed', 'user.updated'],
      ['/console/users?q=ada', 'Users'],
      ['/console/users?q=nobody', 'Users'],
      [`/console/users/${ADA}`, 'Ada Lovelace'],
      ['/console/none/at-all', 'There is no such page'],
    ] as const;
    await heading(page, 'Overview');
    for (const [path, title] of pages) {
      await page.goto(new URL(path, page.url()).href);
      await heading(page, title);
      await eventually(async () => (await page.locator('.ghost').count()) === 0);
      expect([path, await accessFaults(page, ['html'], rules)]).toEqual([path, []]);
      const isTooWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
      expect([path, isTooWide]).toEqual([path, false]);
    }
    await page.getByRole('button', { name: 'Sign out' }).click();
    await heading(page, 'Sign in to the console');
    expect(await accessFaults(page, ['html'], rules)).toEqual([]);
  },
  STORY_LIMIT_MS,
);

it(
  'a long list is read page by page, and only the rows in sight are in the document',
  async () => {
    const page = await open(link);
    await heading(page, 'Overview');
    await press(page, 'link', 'Events');
    const rows = page.locator('li.virtual');
    await rows.first().waitFor();
    await eventually(async () => {
      await page.evaluate('scrollTo(0, document.body.scrollHeight)');
      return (await page.getByText(`All ${EVENTS}`).count()) > 0;
    });
    expect(await rows.count()).toBeLessThan(80);
  },
  STORY_LIMIT_MS,
);

it(
  'a page stays while the gateway does not answer whether somebody is signed in, and goes when nobody is',
  async () => {
    const page = await open(link);
    await heading(page, 'Overview');
    const asked = '**/console/session';
    await page.route(asked, (route) => route.abort());
    const failure = page.waitForEvent('requestfailed', { predicate: (request) => request.url().endsWith('/session') });
    await page.evaluate(`location.hash = 'away'`);
    await failure;
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 100))');
    expect(await page.getByRole('heading', { level: 1, name: 'Overview' }).count()).toBe(1);
    await page.unroute(asked);
    await page.context().clearCookies();
    await page.evaluate(`location.hash = 'back'`);
    await heading(page, 'Sign in to the console');
  },
  STORY_LIMIT_MS,
);

it(
  'a session without a scope is told which one is missing, and keeps the pages that it may read',
  async () => {
    const page = await open(() => link(['users:read']));
    await heading(page, 'Overview');
    await page.getByText('stats:read').first().waitFor();
    expect(await accessFaults(page, ['html'])).toEqual([]);
    await press(page, 'link', 'Users');
    await page.getByRole('searchbox').fill('ada');
    await page.keyboard.press('Enter');
    await page.getByRole('link', { name: /Ada Lovelace/ }).click();
    await heading(page, 'Ada Lovelace');
    await press(page, 'link', 'msg_2failed');
    await page.getByText('webhook-events:read').waitFor();
  },
  STORY_LIMIT_MS,
);
