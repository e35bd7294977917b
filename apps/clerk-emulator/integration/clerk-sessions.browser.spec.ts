import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClerkClient } from '@clerk/backend';
import { eventually, installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { compactVerify, importSPKI } from 'jose';
import { type Browser } from 'playwright-core';
import { ClerkApp, errorOf, run, signUp, userId } from './clerk-app';

/** Includes the download of Chromium's and Clerk's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 180_000;
const EMAIL = 'ada+clerk_test@example.com';
const PHONE = '+12015550100';
/** Longer than a session token lives. */
const TOKEN_GONE_MS = 70_000;
/** Longer than Clerk's script waits before it repeats a request that failed. */
const RETRY_MS = 10_000;

describe('sessions of clerk-js in a browser', () => {
  let packagesFolder: string;
  let browser: Browser;
  let app: ClerkApp;
  let folder: string;

  beforeAll(async () => {
    ({ folder: packagesFolder } = await installBrowserPackages());
    browser = await launchChromium();
  }, FETCH_LIMIT_MS);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'clerk-emulator-'));
  });
  afterEach(async () => {
    await app.close();
    // Not before: the emulator saves its state when it is closed.
    await rm(folder, { recursive: true });
  });

  /** When a token expires, in ms since 1970. @throws when its signature is wrong */
  const expiryOf = async (token: string): Promise<number> => {
    const { payload } = await compactVerify(token, await importSPKI(app.emulator.jwtKey, 'RS256'));
    return 1_000 * (JSON.parse(new TextDecoder().decode(payload)) as { exp: number }).exp;
  };
  /** Lets time pass, so that Clerk's script repeats requests that failed, until `check` resolves. */
  const inTime = <T>(check: () => Promise<T>): Promise<T> =>
    eventually(
      async () => {
        await app.skipTime(RETRY_MS);
        return check();
      },
      { intervalMs: 200 },
    );
  /** Resolves when the cookie of the session has a token that was valid at the time of the call, or was issued later. */
  const tokenInCookie = (): Promise<void> => {
    const now = app.now();
    return inTime(async () =>
      expect(await expiryOf((await app.cookies()).get('__session') ?? '')).toBeGreaterThan(now),
    );
  };

  it.each([false, true])(
    'last for minutes in two tabs, through an outage and a restart, until one tab signs out (automated browser: %s)',
    async (automated) => {
      app = await ClerkApp.start(browser, { packagesFolder, automated, stateFile: join(folder, 'state.json') });
      await app.controlTime();
      const page = await app.visit();
      const ada = await signUp(page, { emailAddress: EMAIL });
      const other = await app.visit();
      expect(await userId(other)).toBe(ada);
      for (let minute = 0; minute < 3; minute++) {
        await app.skipTime(TOKEN_GONE_MS);
        await tokenInCookie();
      }

      await app.context.setOffline(true);
      await app.skipTime(TOKEN_GONE_MS);
      await inTime(async () => {
        await page.evaluate(`void Clerk.session.getToken().catch(({ code }) => (window.offline = code))`);
        expect(await page.evaluate('window.offline')).toBe('clerk_offline');
      });
      await app.context.setOffline(false);
      await tokenInCookie();

      await app.restartEmulator();
      await app.skipTime(TOKEN_GONE_MS);
      await tokenInCookie();
      await run(page, `Clerk.user.update({ firstName: 'Ada' }).then(() => null)`);
      expect(app.emulator.findUser(ada)?.first_name).toBe('Ada');
      expect([await userId(page), await userId(other)]).toEqual([ada, ada]);

      await page.evaluate('void Clerk.signOut()');
      await other.waitForFunction('window.Clerk.session === null');
      await eventually(async () => {
        const left = await app.cookies();
        expect([left.has('__session'), left.get('__client_uat')]).toEqual([false, '0']);
      });
    },
    STORY_LIMIT_MS,
  );

  it(
    'outlast a lock of the user, and end in every tab when the user is banned',
    async () => {
      app = await ClerkApp.start(browser, { packagesFolder });
      await app.controlTime();
      const page = await app.visit();
      const ada = await signUp(page, { phoneNumber: PHONE });
      const other = await app.visit();
      const { users } = createClerkClient(app.emulator.clientOptions);
      await users.lockUser(ada);
      await app.skipTime(TOKEN_GONE_MS);
      await tokenInCookie();
      expect([await userId(page), await userId(other)]).toEqual([ada, ada]);

      await users.banUser(ada);
      // Nothing tells the browser. Its next request for a token finds out.
      await inTime(async () => {
        const sessions = [page, other].map((tab) => run<boolean>(tab, 'Clerk.session === null'));
        expect(await Promise.all(sessions)).toEqual([true, true]);
      });
      expect(await errorOf(page, `Clerk.client.signIn.create({ identifier: '${PHONE}' })`)).toBe('user_banned');
    },
    STORY_LIMIT_MS,
  );

  it(
    'go on after slow answers, server errors and tokens of another time',
    async () => {
      app = await ClerkApp.start(browser, { packagesFolder });
      await app.controlTime();
      const page = await app.visit();
      const ada = await signUp(page, { emailAddress: EMAIL });
      const match = { path: '/v1/client/sessions/*/tokens' };
      const started = app.now();
      const expiry = async () => expiryOf(await run<string>(page, 'Clerk.session.getToken({ skipCache: true })'));
      app.emulator.addFault({ kind: 'browser_clock_skew', match, params: { offset_seconds: -86_400 } });
      expect(await expiry()).toBeLessThan(started);
      app.emulator.clearFaults();
      expect(await expiry()).toBeGreaterThan(started);

      app.emulator.addFault({ kind: 'api_hang', match, params: { hang_ms: 200, then: 'answer' } });
      expect(await expiry()).toBeGreaterThan(started);
      app.emulator.clearFaults();
      app.emulator.addFault({ kind: 'api_500', match });
      const failed = page.waitForResponse((response) => response.status() === 500);
      await page.evaluate(`void Clerk.session.getToken({ skipCache: true }).then((token) => (window.token = token))`);
      await failed;
      app.emulator.clearFaults();
      const token = await inTime(() => page.evaluate<string | null>('window.token ?? null'));
      expect(await expiryOf(token ?? '')).toBeGreaterThan(started);
      expect(await userId(page)).toBe(ada);
    },
    STORY_LIMIT_MS,
  );

  it(
    'begin on the page of the emulator too, and begin anew in a browser that is unknown',
    async () => {
      app = await ClerkApp.start(browser, { packagesFolder });
      const page = await app.visit();
      const { id: ada } = app.emulator.createUser({ email_address: [EMAIL] });
      const { port } = new URL(app.emulator.url);
      // Under the name of the app: cookies know no ports.
      const target = `?redirect_url=${encodeURIComponent(app.origin)}#/users/${ada}`;
      await page.goto(`http://localhost:${port}/${target}`);
      await page.getByRole('button', { name: /^Sign in as/ }).click();
      await page.waitForURL(`${app.origin}/`);
      await page.evaluate('window.ready');
      expect(await userId(page)).toBe(ada);
      expect(await run(page, 'Clerk.session.getToken({ skipCache: true })')).toMatch(/^ey/);

      // Lost cookies sign the browser out; the session goes on without it.
      app.emulator.addFault({ kind: 'browser_dropped_cookies', count: 1, match: { path: '/v1/client' } });
      await page.reload();
      await page.evaluate('window.ready');
      expect(await userId(page)).toBeNull();
      const back = `Clerk.client.signIn.create({ identifier: '${EMAIL}', strategy: 'email_code' })
        .then((signIn) => signIn.attemptFirstFactor({ strategy: 'email_code', code: '424242' }))
        .then((signIn) => Clerk.setActive({ session: signIn.createdSessionId }))`;
      await run(page, `${back}.then(() => null)`);
      expect(await userId(page)).toBe(ada);

      app.emulator.reset();
      await page.reload();
      await page.evaluate('window.ready');
      expect(await userId(page)).toBeNull();
      expect(await signUp(page, { emailAddress: EMAIL })).not.toBe(ada);
    },
    STORY_LIMIT_MS,
  );
});
