import { installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { type AppServer, startAppServer } from './app-server';

/** Includes the download of Chromium's and Clerk's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 180_000;
const WAIT_MS = 60_000;
const EMAIL = 'ada+clerk_test@example.com';

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
    const mount = { '/sign-in': 'mountSignIn', '/sign-up': 'mountSignUp' }[location.pathname] ?? 'mountUserButton';
    Clerk[mount](document.getElementById('ui'));
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
  /** Has the code sent, and enters it. */
  const enterCode = async (): Promise<void> => {
    const sent = page.waitForResponse((response) => response.url().includes('/prepare_') && response.ok());
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await sent;
    await shoot('code');
    await page
      .getByRole('textbox', { name: /verification code/i })
      .first()
      .pressSequentially('424242');
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
      expect([...outside]).toEqual([]);
    },
    STORY_LIMIT_MS,
  );
});
