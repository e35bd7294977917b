import { join } from 'node:path';
import { runCommand, workspaceRoot } from '@gatehouse/local-stack';
import { eventually } from '@gatehouse/testing';
import { type BrowserContext, type Page } from 'playwright-core';
import { describeClientPackage } from './web/client-package';
import { accessFaults, add, card, isLive, press, rename, row, see, tabTo, type } from './web/page';
import { describeReactPackage } from './web/react-package';
import { WebWorld } from './web/web-world';

/** Installing, packing and building take minutes on a busy machine. */
const BUILD_LIMIT_MS = 900_000;
const STORY_LIMIT_MS = 240_000;
const ADA = 'ada+clerk_test@example.com';
const PHONE = '98765 43212';
const E164 = '+919876543212';

const world = new WebWorld();
let context: BrowserContext;
/** Two windows of Ada. The second one is at a second gateway, and its network is slow. */
let first: Page;
let second: Page;
let referralCode: string;
/** A token of Ada that expires while the tests run. */
let shortLived: string;

beforeAll(async () => {
  await world.start();
  context = await world.browser.newContext({ viewport: { width: 390, height: 844 } });
}, BUILD_LIMIT_MS);
afterAll(() => world.stop(), BUILD_LIMIT_MS);

it(
  'a person signs up by e-mail with a shop, by the keyboard alone, and opens a second window',
  async () => {
    first = await world.open(context);
    await first.getByRole('button', { name: 'I am new here' }).waitFor();
    await tabTo(first, 'I am new here');
    await first.keyboard.press('Enter');
    await first.getByLabel('Shop name').waitFor();
    expect(await accessFaults(first)).toEqual([]);
    await type(first, 'E-mail address or phone number', ADA);
    await type(first, 'Shop name', 'Tea & Co');
    await type(first, 'City', 'Pune');
    await first.keyboard.press('Enter');
    await first.getByLabel('Code', { exact: true }).waitFor();
    await type(first, 'Code', '000000');
    await first.keyboard.press('Enter');
    await first.getByRole('alert').getByText('The code is wrong. Please check it.').waitFor();
    await first.keyboard.press('Control+A');
    await type(first, 'Code', '424242');
    await first.keyboard.press('Enter');
    await first.getByRole('heading', { name: 'Tea & Co' }).waitFor();
    await isLive(first);
    referralCode = (await first.getByRole('definition').last().textContent()) ?? '';
    second = await world.open(context, { isSlow: true });
    await second.getByRole('heading', { name: 'Tea & Co' }).waitFor();
    await isLive(second);
    for (const colorScheme of ['light', 'dark'] as const) {
      await first.emulateMedia({ colorScheme });
      expect([colorScheme, await accessFaults(first)]).toEqual([colorScheme, []]);
    }
    const { data: users } = await world.clerk.users.getUserList({ emailAddress: [ADA] });
    const { data: sessions } = await world.clerk.sessions.getSessionList({ userId: users[0]?.id ?? '' });
    shortLived = (await world.clerk.sessions.getToken(sessions[0]?.id ?? '', '', 30)).jwt;
  },
  STORY_LIMIT_MS,
);

it(
  'a change in one window, or by an admin, shows in the other, which another gateway serves through a slow network',
  async () => {
    await add(first, 'Items', 'Milk');
    await row(second, 'Milk').waitFor();
    await rename(second, 'Milk', 'Oat milk');
    await press(first, 'Delete Oat milk');
    await row(second, 'Oat milk').waitFor({ state: 'detached' });

    await add(second, 'Assistant sessions', 'Prices');
    await first.getByLabel('Status of Prices').selectOption('paused');
    await second.waitForFunction(`document.querySelector('[aria-label="Status of Prices"]')?.value === 'paused'`);
    await world.asAdmin('PUT', `/admin/users/${encodeURIComponent(ADA)}/role`, { role: 'developer' });
    for (const page of [first, second]) await see(page, 'Developer');
    await press(first, 'Use 500 tokens');
    for (const page of [first, second]) await card(page, 'This month').getByText('9,500').waitFor();
  },
  STORY_LIMIT_MS,
);

it(
  'a window whose gateway is killed goes on at the other one, with the newest version',
  async () => {
    await add(first, 'Items', 'Coffee');
    await row(second, 'Coffee').waitFor();
    await world.replica.app.kill();
    await rename(first, 'Coffee', 'Tea');
    await row(first, 'Tea').waitFor();
    // As a load balancer does.
    await second.unroute(`${world.gateway}/**`);
    await row(second, 'Tea').waitFor();
    await isLive(second);
    expect(await row(second, 'Coffee').count()).toBe(0);
    await rename(second, 'Tea', 'Green tea');
    await row(first, 'Green tea').waitFor();
  },
  STORY_LIMIT_MS,
);

it(
  'an edit shows at once, and goes back when the gateway refuses it',
  async () => {
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    await first.route(`${world.gateway}/api/me`, async (route) => {
      if (route.request().method() === 'PATCH') await held;
      await route.continue();
    });
    await press(first, 'Edit');
    await first.getByLabel('City').fill('Delhi');
    await first.getByLabel('Website').fill('http://tea.example.com');
    await press(first, 'Save');
    await see(first, 'Delhi');
    release();
    await see(first, 'Pune');
    await first.getByRole('alert').getByText('Some of the input is not valid. Please check it.').waitFor();
    await first.unroute(`${world.gateway}/api/me`);
  },
  STORY_LIMIT_MS,
);

it(
  'edits made offline are shown, and sent when the device is online again',
  async () => {
    await context.setOffline(true);
    await see(first, 'Offline');
    await add(first, 'Items', 'Bread');
    await row(first, 'Bread').waitFor();
    await expect(first.getByRole('button', { name: 'Delete Bread' }).isDisabled()).resolves.toBe(true);
    await context.setOffline(false);
    await row(second, 'Bread').waitFor();
    await isLive(first);
  },
  STORY_LIMIT_MS,
);

it(
  'a person signs up and in by phone, with a referral code, gets a token of Gatehouse, and is shown out when deactivated',
  async () => {
    const own = await world.browser.newContext();
    const page = await world.open(own);
    await press(page, 'I am new here');
    await page.getByLabel('E-mail address or phone number').fill(PHONE);
    await page.getByLabel('Shop name').fill('Print');
    await page.getByLabel('Referral code, if you have one').fill(referralCode);
    await press(page, 'Send code');
    await page.getByLabel('Code', { exact: true }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill(await world.codeFor(E164));
    await press(page, 'Create account');
    await see(page, 'Welcome!');
    await page.getByRole('heading', { name: 'Print' }).waitFor();
    const [request] = await Promise.all([page.waitForRequest('**/api/tokens/consume'), press(page, 'Use 500 tokens')]);
    const [header = ''] = (await request.headerValue('authorization'))?.replace('Bearer ', '').split('.') ?? [];
    expect(JSON.parse(Buffer.from(header, 'base64url').toString())).toMatchObject({ alg: 'HS256' });

    await press(page, 'Sign out');
    await page.getByLabel('E-mail address or phone number').fill(E164);
    await press(page, 'Send code');
    await page.getByLabel('Code', { exact: true }).waitFor();
    await page.getByLabel('Code', { exact: true }).fill(await world.codeFor(E164));
    await press(page, 'Sign in');
    await page.getByRole('heading', { name: 'Print' }).waitFor();
    await world.asAdmin('POST', `/admin/users/${encodeURIComponent(E164)}/deactivate`);
    await page.getByRole('heading', { name: 'You cannot come in' }).waitFor();
    await see(page, 'This account is not active. Please contact support.');
    await press(page, 'Sign out');
    await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await own.close();
  },
  STORY_LIMIT_MS,
);

describeClientPackage(() => world.folder);
describeReactPackage(() => world.folder);

it(
  'docs/reference has the types of both packages',
  async () => {
    const program = join(workspaceRoot(), 'dist/tools/src/package-reference/main.js');
    const output = await runCommand(process.execPath, [program, '--check', world.folder], {
      timeoutMs: BUILD_LIMIT_MS,
    });
    expect(output.match(/✓/g)).toHaveLength(2);
  },
  BUILD_LIMIT_MS,
);

it(
  'an expired token is renewed, and the edit is sent again',
  async () => {
    await eventually(async () => expect((await world.stack.call('/api/me', shortLived)).status).toBe(401), {
      timeoutMs: 60_000,
      intervalMs: 500,
    });
    const statuses: number[] = [];
    let isSent = false;
    await first.route(`${world.gateway}/api/me`, async (route) => {
      const isFirst = route.request().method() === 'PATCH' && !isSent;
      if (isFirst) isSent = true;
      const headers = { ...route.request().headers(), ...(isFirst && { authorization: `Bearer ${shortLived}` }) };
      await route.continue({ headers });
    });
    first.on('response', (response) => {
      if (response.request().method() === 'PATCH') statuses.push(response.status());
    });
    await press(first, 'Edit');
    await first.getByLabel('City').fill('Nagpur');
    await press(first, 'Save');
    await see(second, 'Nagpur');
    // The live event may overtake the response.
    await eventually(() => expect(statuses).toEqual([401, 200]));
    await first.unroute(`${world.gateway}/api/me`);
  },
  STORY_LIMIT_MS,
);

it(
  'an API key is shown once, and signing out everywhere shows the door in every window, until the person signs in again',
  async () => {
    await first.getByLabel('Name of the key').fill('editor');
    await press(first, 'Create');
    const key = await first.getByLabel('Copy the key now. It is not shown again.').inputValue();
    const read = () => fetch(`${world.gateway}/api/items`, { headers: { 'x-api-key': key } });
    expect((await read()).status).toBe(200);
    await press(first, 'Revoke editor');
    await row(first, 'editor').waitFor({ state: 'detached' });
    expect((await read()).status).toBe(401);
    await press(first, 'Sign out everywhere');
    for (const page of [first, second]) await page.getByRole('heading', { name: 'Welcome back' }).waitFor();
    await second.getByLabel('E-mail address or phone number').fill(ADA);
    await press(second, 'Send code');
    await second.getByLabel('Code', { exact: true }).fill('424242');
    await press(second, 'Sign in');
    await second.getByRole('heading', { name: 'Tea & Co' }).waitFor();
    expect(world.complaints).toEqual([]);
  },
  STORY_LIMIT_MS,
);
