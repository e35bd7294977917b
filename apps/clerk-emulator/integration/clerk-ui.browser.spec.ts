import { createClerkClient } from '@clerk/backend';
import { eventually, installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Locator, type Page } from 'playwright-core';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { type AppServer, startAppServer } from './app-server';
import { signUp, WAIT_MS } from './clerk-app';

/** Includes the download of Chromium's and Clerk's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 180_000;
const EMAIL = 'ada+clerk_test@example.com';
/** The smallest image that Chromium shows. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

/** A page with Clerk's components. The path says which one it shows. */
const htmlOf = ({ url, publishableKey }: ClerkEmulator): string => `<!doctype html>
<title>App</title>
<meta name="viewport" content="width=device-width, initial-scale=1" />
<div id="ui"></div>
<script crossorigin="anonymous" src="${url}/npm/@clerk/ui@1/dist/ui.browser.js"></script>
<script crossorigin="anonymous" src="${url}/npm/@clerk/clerk-js@6/dist/clerk.browser.js"
  data-clerk-publishable-key="${publishableKey}" data-clerk-proxy-url="${url}"></script>
<script>
  const urls = { signInUrl: '/sign-in', signUpUrl: '/sign-up' };
  const after = { signInFallbackRedirectUrl: '/', signUpFallbackRedirectUrl: '/' };
  const ui = { ClerkUI: window.__internal_ClerkUICtor };
  window.ready = Clerk.load({ telemetry: false, ui, ...urls, ...after }).then(() => {
    const components = { '/sign-in': 'SignIn', '/sign-up': 'SignUp', '/profile': 'UserProfile' };
    Clerk['mount' + (components[location.pathname] ?? 'UserButton')](document.getElementById('ui'));
  });
</script>`;

describe('the components of @clerk/ui', () => {
  let browser: Browser;
  let context: BrowserContext;
  let emulator: ClerkEmulator;
  let app: AppServer;
  let page: Page;
  /** Requests to other hosts, which must not be needed. */
  const outside = new Set<string>();

  beforeAll(async () => {
    const { folder } = await installBrowserPackages();
    browser = await launchChromium();
    emulator = await startClerkEmulator({ packagesFolder: folder });
    app = await startAppServer({ html: htmlOf(emulator) });
    context = await browser.newContext();
    context.setDefaultTimeout(WAIT_MS);
    await context.route(
      ({ hostname }) => !['localhost', '127.0.0.1'].includes(hostname),
      async (route) => {
        outside.add(new URL(route.request().url()).hostname);
        await route.abort();
      },
    );
    page = await context.newPage();
  }, FETCH_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await emulator?.close();
  });

  const shoot = async (name: string): Promise<void> => {
    if (process.env['SHOTS']) await page.screenshot({ path: `${process.env['SHOTS']}/${name}.png` });
  };
  afterEach(() => shoot('last'));
  const digits = () => page.getByRole('textbox', { name: /verification code/i });
  const enterDigits = () => digits().first().pressSequentially('424242');
  /** Has the code sent, and enters it. */
  const enterCode = async (): Promise<void> => {
    const sent = page.waitForResponse((response) => response.url().includes('/prepare_') && response.ok());
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await sent;
    await shoot('code');
    await enterDigits();
  };
  const signOut = async (): Promise<void> => {
    await page.getByRole('button', { name: /user menu/i }).click();
    await shoot('user-button');
    await page.getByText('Sign out', { exact: true }).click();
    await page.waitForFunction('window.Clerk?.session === null');
  };

  it(
    'sign a user up by a code, out, and in by a code and by the Test Provider',
    async () => {
      await page.goto(`${app.origin}/sign-up`);
      await page.getByRole('textbox', { name: 'Email address' }).fill(EMAIL);
      await shoot('sign-up');
      await enterCode();
      await page.waitForURL((url) => url.pathname === '/');
      expect(emulator.users()).toMatchObject([{ email_addresses: [{ email_address: EMAIL }] }]);
      await signOut();

      await page.goto(`${app.origin}/sign-in`);
      await page.getByRole('textbox', { name: 'Email address' }).fill(EMAIL);
      await shoot('sign-in');
      await enterCode();
      await page.waitForURL((url) => url.pathname === '/');
      await signOut();

      await page.goto(`${app.origin}/sign-in`);
      await page.getByRole('button', { name: /Test Provider/ }).click();
      await page.getByLabel('E-mail address').fill('grace@example.com');
      await shoot('provider');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.waitForURL((url) => url.pathname === '/');
      await page.waitForFunction('window.Clerk?.user?.externalAccounts.length === 1');
      expect(emulator.users()).toHaveLength(2);
      await signOut();
      expect([...outside]).toEqual([]);
    },
    STORY_LIMIT_MS,
  );

  it(
    'show the profile of a user, who changes it, connects an account, ends another session and deletes the user',
    async () => {
      const button = (name: string) => page.getByRole('button', { name, exact: true });
      /** Waits for the end of a form. Until then, it may take the next one with it. */
      const closed = (element: Locator): Promise<void> => element.waitFor({ state: 'detached' });
      page = await context.newPage();
      await page.goto(app.origin);
      await page.evaluate('window.ready');
      const id = await signUp(page, { emailAddress: 'lin+clerk_test@example.com', firstName: 'Lin' });
      const user = () => emulator.findUser(id);
      const { sessions } = createClerkClient(emulator.clientOptions);
      const elsewhere = emulator.signIn(id);
      await page.goto(`${app.origin}/profile`);
      await shoot('profile');

      await button('Update profile').click();
      await button('Upload').waitFor();
      expect(await button('Remove').count()).toBe(0);
      const image = page.locator('input[type=file]');
      await image.setInputFiles({ name: 'lin.png', mimeType: 'image/png', buffer: Buffer.from(PNG, 'base64') });
      await closed(image);
      expect(user()?.has_image).toBe(true);
      await button('Update profile').click();
      await button('Remove').waitFor();
      await page.getByLabel('First name').fill('Linnea');
      await button('Save').click();
      await closed(button('Save'));
      await page.getByText('Linnea', { exact: true }).waitFor();
      expect(user()?.first_name).toBe('Linnea');

      await button('Add email address').click();
      await page.getByLabel('Email address').fill('second+clerk_test@example.com');
      await button('Add').click();
      await enterDigits();
      await closed(digits().first());
      await page.getByText('second+clerk_test@example.com', { exact: true }).waitFor();
      expect(user()?.email_addresses[1]?.verification.status).toBe('verified');

      await button('Connect account').click();
      await page.getByRole('menuitem', { name: /Test Provider/ }).click();
      await page.getByLabel('E-mail address').fill('lin@example.com');
      await page.getByRole('button', { name: 'Continue' }).click();
      await page.getByText('• lin@example.com').waitFor();
      await shoot('profile-changed');

      await button('Security').click();
      await page.getByText('This device').waitFor();
      await shoot('profile-security');
      await page.getByRole('button', { name: /open menu/i }).click();
      await page.getByRole('menuitem', { name: 'Sign out of device' }).click();
      await eventually(async () => (await sessions.getSession(elsewhere.id)).status === 'revoked');
      await button('Delete account').click();
      await page.getByLabel(/Delete account/).fill('Delete account');
      await page.locator('form').getByRole('button', { name: 'Delete account' }).click();
      await page.waitForFunction('window.Clerk?.session === null');
      expect(user()).toBeUndefined();
      expect([...outside]).toEqual([]);
    },
    STORY_LIMIT_MS,
  );
});
