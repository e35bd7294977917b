import { verifyToken } from '@clerk/backend';
import { eventually, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { Webhook } from 'svix';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { rawApi } from './emulator-api';
import { FrontendBrowser } from './frontend-browser';
import { accessFaults, complaintsOf, connectionOf, SCREENS, tabTo, visit } from './page-browser';
import { type ReceivedWebhook, startWebhookReceiver, type WebhookReceiver } from './webhook-receiver';

/** Includes the download of Chromium's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 240_000;
/** Limit for one element to appear, on a busy machine. */
const WAIT_MS = 60_000;
const SCRIPT = '<img src=x onerror=alert(1)>';

describe('the page', () => {
  let browser: Browser;
  let context: BrowserContext | undefined;
  let emulator: ClerkEmulator;
  let receiver: WebhookReceiver;
  let api: ReturnType<typeof rawApi>;

  beforeAll(async () => {
    browser = await launchChromium();
  }, FETCH_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
  });
  beforeEach(async () => {
    receiver = await startWebhookReceiver();
    emulator = await startClerkEmulator({ webhookUrls: [receiver.url], retryScheduleMs: [0, 20] });
    api = rawApi(emulator);
  });
  afterEach(async () => {
    await context?.close();
    await emulator.close();
    await receiver.close();
  });

  const open = async (options: Parameters<Browser['newContext']>[0] = {}): Promise<Page> => {
    context = await browser.newContext({ permissions: ['clipboard-read', 'clipboard-write'], ...options });
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    await visit(page, emulator.url);
    return page;
  };
  const section = (page: Page, name: string) =>
    page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
  const seen = (page: Page, text: string | RegExp) => page.getByText(text).filter({ visible: true }).first().waitFor();
  const typesReceived = (): string[] =>
    receiver.webhooks.map(({ body }) => (JSON.parse(body) as { type: string }).type);
  const signedRightly = ({ headers, body }: ReceivedWebhook): boolean => {
    try {
      new Webhook(emulator.webhookSecret).verify(body, headers as Record<string, string>);
      return true;
    } catch {
      return false;
    }
  };

  it.each(SCREENS)(
    'shows a user from creation to deletion, with webhooks and faults, on $name',
    async ({ viewport }) => {
      const page = await open({ viewport });
      const complaints = complaintsOf(page);
      const watching = await page.context().newPage();
      await visit(watching, `${emulator.url}/#/deliveries`);
      await seen(watching, 'Nothing delivered yet');
      // Chromium throttles pages in the background.
      await page.bringToFront();

      // A user whose name is markup.
      await seen(page, 'No users yet');
      await page.getByRole('button', { name: 'New user' }).click();
      await page.getByRole('button', { name: 'Create user' }).click();
      await seen(page, 'Give an e-mail address, a phone number or a username.');
      await page.getByLabel('First name').fill(SCRIPT);
      await page.getByLabel('Last name').fill('Lovelace');
      await page.getByLabel('E-mail address').fill('ada@example.com');
      await page.getByRole('button', { name: 'Create user' }).click();
      await page.getByRole('heading', { name: `${SCRIPT} Lovelace` }).waitFor();

      // Its webhook appears without a reload, with request and response.
      await watching.bringToFront();
      await watching.getByRole('link', { name: 'user.created' }).click();
      await seen(watching, 'Delivered');
      await watching.getByText('Request and response').click();
      await seen(watching, `svix-id: ${String(receiver.webhooks[0]?.headers['svix-id'])}`);
      await seen(watching, `"first_name": "${SCRIPT}"`);

      // Changes of name, metadata and addresses.
      await page.bringToFront();
      await page.getByLabel('First name').fill('Ada');
      await page.getByRole('button', { name: 'Save profile' }).click();
      await page.getByRole('heading', { name: 'Ada Lovelace' }).waitFor();
      await page.getByRole('button', { name: 'Deprovision', exact: true }).click();
      await seen(page, 'Deprovisioned.');
      await page.getByRole('button', { name: 'Reprovision', exact: true }).click();
      await page.getByRole('button', { name: 'Deprovision', exact: true }).waitFor();
      await page.getByLabel('JSON object').fill('{"role": ');
      await page.getByRole('button', { name: 'Save metadata' }).click();
      await seen(page, /This is not JSON/);
      await page.getByLabel('JSON object').fill('{"role": "admin"}');
      await page.getByRole('button', { name: 'Save metadata' }).click();
      await seen(page, 'Public metadata saved.');
      await page.getByLabel('Add e-mail address').fill('countess@example.com');
      await page.getByRole('button', { name: 'Add e-mail address' }).click();
      await page.getByRole('button', { name: 'Make primary countess@example.com' }).click();
      await page.getByRole('button', { name: 'Remove ada@example.com' }).click();
      await page.getByRole('button', { name: 'Remove ada@example.com' }).waitFor({ state: 'detached' });
      await page.getByLabel('Add phone number').fill('12015550100');
      await page.getByRole('button', { name: 'Add phone number' }).click();
      await seen(page, /must be a valid phone number/);
      const users = Object.values((await api('GET', '/v1/users')).body) as Record<string, unknown>[];
      expect(users).toMatchObject([
        {
          first_name: 'Ada',
          last_name: 'Lovelace',
          public_metadata: { role: 'admin' },
          email_addresses: [{ email_address: 'countess@example.com' }],
          phone_numbers: [],
        },
      ]);

      // A sign-in, and a token that Clerk's own verifier accepts.
      await page.getByRole('button', { name: /^Sign in as/ }).click();
      await page.getByRole('button', { name: /^Copy token/ }).click();
      await page.getByRole('heading', { name: 'Token copied' }).waitFor();
      await seen(page, /^([1-5]?\d|60) s left$/);
      const token = await page.evaluate<string>('navigator.clipboard.readText()');
      const claims = await verifyToken(token, { jwtKey: emulator.jwtKey });
      expect(claims).toMatchObject({ sub: users[0]?.['id'], metadata: { role: 'admin' } });
      await page.getByRole('cell', { name: claims.sid }).waitFor();
      expect(await accessFaults(page)).toEqual([]);

      // A fault and its effect.
      await emulator.whenIdle();
      receiver.clear();
      await section(page, 'Faults');
      await page.getByRole('switch', { name: 'Wrong signature' }).click();
      await page.getByLabel('Maximum times').fill('1');
      await page.getByLabel('Maximum times').press('Enter');
      await seen(page, 'Saved.');
      await section(page, 'Users');
      await page.getByRole('link', { name: 'Ada Lovelace' }).click();
      await page.getByRole('button', { name: 'Lock', exact: true }).click();
      await page.getByRole('button', { name: 'Unlock', exact: true }).click();
      await page.getByRole('button', { name: 'Lock', exact: true }).waitFor();
      const [struck, spared] = await receiver.received(2);
      expect([signedRightly(struck!), signedRightly(spared!)]).toEqual([false, true]);
      await section(page, 'Deliveries');
      await page.getByRole('link', { name: 'user.updated' }).nth(1).click();
      await page.getByRole('article').getByText('Wrong signature').first().waitFor();
      await page.getByRole('button', { name: 'Resend' }).click();
      await eventually(() => receiver.webhooks.length >= 3);
      await section(page, 'Faults');
      await seen(page, 'Struck 1 of 2 chances');
      await page.getByRole('switch', { name: 'Wrong signature' }).click();
      await seen(page, 'All off');

      // Deletion.
      await section(page, 'Users');
      await page.getByRole('searchbox').fill('countess');
      await page.getByRole('link', { name: 'Ada Lovelace' }).click();
      await page.getByRole('button', { name: 'Delete…' }).click();
      await page.getByRole('button', { name: 'Delete user' }).click();
      await seen(page, 'No user matches');
      await eventually(() => typesReceived().at(-1) === 'user.deleted');
      expect(complaints).toEqual([]);
    },
    STORY_LIMIT_MS,
  );

  it(
    'can be used with only the keyboard',
    async () => {
      const page = await open();
      await seen(page, 'No users yet');
      const focused = () => page.evaluate<string>('document.activeElement.textContent.trim()');
      await page.keyboard.press('Tab');
      expect(await focused()).toBe('Skip to content');
      await page.keyboard.press('Enter');
      await tabTo(page, /^New user$/);
      await page.keyboard.press('Enter');
      await page.keyboard.type('Grace');
      await tabTo(page, /^E-mail address$/);
      await page.keyboard.type('grace@example.com');
      await page.keyboard.press('Enter');
      await eventually(async () => (await focused()) === 'Grace');

      await tabTo(page, /^Sign in as/);
      await page.keyboard.press('Enter');
      await seen(page, 'Signed in: a new session is active.');
      await eventually(async () => (await focused()).startsWith('Sign in as'));
      await tabTo(page, /^Delete…$/);
      await page.keyboard.press('Enter');
      await eventually(async () => (await focused()) === 'Cancel');
      await page.keyboard.press('Escape');
      await eventually(async () => (await focused()) === 'Delete…');
      await page.keyboard.press('Enter');
      await tabTo(page, /^Delete user$/);
      await page.keyboard.press('Enter');
      await eventually(async () => (await focused()) === 'Users');
    },
    STORY_LIMIT_MS,
  );

  // Each width and each color scheme once: neither changes what the other does.
  it.each([
    { ...SCREENS[0], scheme: 'dark' },
    { ...SCREENS[1], scheme: 'light' },
  ] as const)(
    'has no accessibility fault on $name in $scheme',
    async ({ viewport, scheme }) => {
      receiver.answerWith(({ body }) => ({ status: body.includes('grace') ? 500 : 200 }));
      const user = (
        await api('POST', '/v1/users', { email_address: ['ada@example.com'], phone_number: ['+12015550100'] })
      ).body;
      await api('POST', `/v1/users/${String(user['id'])}/lock`);
      const grace = (await api('POST', '/v1/users', { email_address: [`grace.${'x'.repeat(60)}@example.com`] })).body;
      await api('POST', `/v1/users/${String(grace['id'])}/ban`);
      await api('POST', '/emulator/faults', { kind: 'altered_body' });
      const failed = await eventually(async () => {
        const { data } = (await api('GET', '/emulator/deliveries?status=failed')).body as { data: { id: string }[] };
        return data[0]?.id ?? null;
      });
      const page = await open({ viewport, colorScheme: scheme, reducedMotion: 'reduce' });
      const places = ['users', `users/${String(user['id'])}`, 'users/user_0', 'deliveries', `deliveries/${failed}`];
      const visitor = await FrontendBrowser.open(emulator);
      await visitor.signUp('second+clerk_test@example.com');
      await visitor.call('DELETE', '/v1/client/sessions');
      await visitor.signIn('second+clerk_test@example.com', '000000');
      for (const place of [...places, 'deliveries?status=pending', 'codes', 'faults', 'endpoints']) {
        await page.goto(`${emulator.url}/#/${place}`);
        await page.getByText('Loading…').first().waitFor({ state: 'detached' });
        await page.evaluate("document.querySelectorAll('details').forEach((each) => (each.open = true))");
        expect({ place, faults: await accessFaults(page) }).toEqual({ place, faults: [] });
      }
      await page.goto(`${emulator.url}/#/users`);
      await page.getByRole('button', { name: 'New user' }).click();
      await page.getByRole('button', { name: 'Create user' }).click();
      await seen(page, 'Give an e-mail address');
      expect(await accessFaults(page)).toEqual([]);
    },
    STORY_LIMIT_MS,
  );

  it(
    'keeps the text in a form when the user changes meanwhile',
    async () => {
      const id = String((await api('POST', '/v1/users', { email_address: ['ada@example.com'] })).body['id']);
      const page = await open();
      await page.goto(`${emulator.url}/#/users/${id}`);
      await page.getByLabel('First name').fill('Ad');
      await api('PATCH', `/v1/users/${id}`, { first_name: 'Grace', last_name: 'Hopper' });
      await page.getByRole('heading', { name: 'Grace Hopper' }).waitFor();
      expect(await page.getByLabel('First name').inputValue()).toBe('Ad');
      expect(await page.getByLabel('Last name').inputValue()).toBe('Hopper');
    },
    STORY_LIMIT_MS,
  );

  it(
    'shows a secret or a token only on request',
    async () => {
      const id = String((await api('POST', '/v1/users', { email_address: ['ada@example.com'] })).body['id']);
      await api('POST', '/v1/sessions', { user_id: id });
      const page = await open();
      const secrets = [emulator.secretKey, emulator.webhookSecret, 'eyJ'];
      for (const place of ['users', `users/${id}`, 'deliveries', 'faults', 'endpoints']) {
        await page.goto(`${emulator.url}/#/${place}`);
        await page.getByText('Loading…').first().waitFor({ state: 'detached' });
        const text = await page.content();
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }
      await page.getByRole('button', { name: /^Show secret/ }).click();
      await seen(page, emulator.webhookSecret);
    },
    STORY_LIMIT_MS,
  );

  it(
    'redirects after a sign-in to redirect_url with session cookies, and only to http and https URLs',
    async () => {
      const id = String((await api('POST', '/v1/users', { email_address: ['ada@example.com'] })).body['id']);
      const page = await open();
      const signIn = async (target: string) => {
        await page.goto(`${emulator.url}/?redirect_url=${encodeURIComponent(target)}#/users/${id}`);
        await page.getByRole('button', { name: /^Sign in as/ }).click();
      };
      await signIn('javascript:alert(1)');
      await seen(page, /^Active$/);
      expect(new URL(page.url()).origin).toBe(emulator.url);
      await signIn(`${receiver.url}?back=1`);
      await page.waitForURL(`${receiver.url}?back=1`, { waitUntil: 'commit' });
      const names = (await page.context().cookies(emulator.url)).map(({ name }) => name).sort();
      expect(names).toEqual(['__session', expect.stringMatching(/^__session_[\w-]{8}$/)]);
    },
    STORY_LIMIT_MS,
  );

  it(
    'shows when the emulator cannot be reached',
    async () => {
      const page = await open();
      await emulator.close();
      await connectionOf(page).getByText('Reconnecting…', { exact: true }).waitFor();
    },
    STORY_LIMIT_MS,
  );
});
