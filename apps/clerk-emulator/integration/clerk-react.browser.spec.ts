import { type BrowserPackages, installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { decodeJwt } from 'jose';
import { type Browser, type BrowserContext } from 'playwright-core';
import { type ClerkEmulator, startClerkEmulator } from '../src';
import { type AppServer, startAppServer } from './app-server';

/** Includes the download of Chromium's and Clerk's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 180_000;
const WAIT_MS = 60_000;
const EMAIL = 'ada+clerk_test@example.com';

describe('a React app with @clerk/react', () => {
  let packages: BrowserPackages;
  let browser: Browser;
  let context: BrowserContext;
  let emulator: ClerkEmulator;
  let app: AppServer;

  beforeAll(async () => {
    packages = await installBrowserPackages();
    browser = await launchChromium();
    emulator = await startClerkEmulator({ packagesFolder: packages.folder });
    app = await startAppServer({
      html: `<!doctype html><title>App</title><div id="root"></div>
        <script>window.publishableKey = ${JSON.stringify(emulator.publishableKey)};</script>
        <script src="/app.js"></script>`,
      scripts: { '/app.js': packages.reactApp },
      clerk: () => emulator.url,
    });
  }, FETCH_LIMIT_MS);
  afterAll(async () => {
    await browser?.close();
    await app?.close();
    await emulator?.close();
  });

  it(
    'signs users up and in by its hooks, through a proxy on the host of the app',
    async () => {
      context = await browser.newContext();
      context.setDefaultTimeout(WAIT_MS);
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('pageerror', ({ message }) => faults.push(message));
      await page.goto(app.origin);
      // Clerk's scripts behave otherwise in an automated browser; clerk-js.browser.spec.ts hides that it is one.
      expect(await page.evaluate('navigator.webdriver')).toBe(true);
      const enter = async (button: string, code: string): Promise<void> => {
        await page.getByLabel('Code').fill(code);
        await page.getByRole('button', { name: button, exact: true }).click();
      };
      await page.getByLabel('E-mail address').fill(EMAIL);
      await page.getByRole('button', { name: 'Send code' }).click();
      await enter('Sign up', '000000');
      await page.getByRole('alert').getByText('Incorrect code').waitFor();
      await enter('Sign up', '424242');
      await page.getByRole('heading', { name: `Hello ${EMAIL}` }).waitFor();
      await page.getByRole('button', { name: 'Get token' }).click();
      await page.waitForFunction(`document.querySelector('output').textContent !== ''`);
      const token = (await page.locator('output').textContent()) ?? '';
      const [user] = emulator.users();
      expect(decodeJwt(token)).toMatchObject({ sub: user?.id, azp: app.origin });

      await page.getByRole('button', { name: 'Sign out' }).click();
      await page.getByLabel('E-mail address').fill(EMAIL);
      await page.getByRole('button', { name: 'Send code' }).click();
      await enter('Sign in', '424242');
      await page.getByRole('heading', { name: `Hello ${EMAIL}` }).waitFor();
      expect(emulator.users()).toHaveLength(1);
      expect(faults).toEqual([]);
      await context.close();
    },
    STORY_LIMIT_MS,
  );
});
