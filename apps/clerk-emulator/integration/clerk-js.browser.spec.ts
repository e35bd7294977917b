import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClerkClient, verifyToken } from '@clerk/backend';
import { eventually, installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { cookieNames } from '../src/clerk/publishable-key';
import { type AppServer, startAppServer } from './app-server';

/** Includes the download of Chromium's and Clerk's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 180_000;
const WAIT_MS = 60_000;
const EMAIL = 'ada+clerk_test@example.com';
const PHONE = '+12015550100';

/** The page of a frontend without a framework: Clerk's script, loaded from the emulator. */
const htmlOf = ({ url, publishableKey }: ClerkEmulator): string => `<!doctype html>
<title>App</title>
<script crossorigin="anonymous" src="${url}/npm/@clerk/clerk-js@6/dist/clerk.browser.js"
  data-clerk-publishable-key="${publishableKey}" data-clerk-proxy-url="${url}"></script>
<script>
  const urls = { signInUrl: '/sign-in', signUpUrl: '/sign-up' };
  const after = { signInFallbackRedirectUrl: '/welcome-back', signUpFallbackRedirectUrl: '/welcome' };
  window.ready = window.Clerk.load({ telemetry: false }).then(
    () => location.pathname === '/sso-callback' && Clerk.handleRedirectCallback({ ...urls, ...after }),
  );
</script>`;
/** The smallest image that Chromium shows. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('clerk-js in a browser', () => {
  let packagesFolder: string;
  let browser: Browser;
  let context: BrowserContext;
  let emulator: ClerkEmulator;
  let app: AppServer;

  beforeAll(async () => {
    ({ folder: packagesFolder } = await installBrowserPackages());
    browser = await launchChromium();
  }, FETCH_LIMIT_MS);
  afterAll(() => browser?.close());

  const start = async (options: ClerkEmulatorOptions = {}): Promise<void> => {
    emulator = await startClerkEmulator({ packagesFolder, ...options });
    app = await startAppServer({ html: htmlOf(emulator) });
    context = await browser.newContext();
    context.setDefaultTimeout(WAIT_MS);
    // Clerk's scripts treat network errors otherwise in an automated browser than in that of a person.
    await context.addInitScript(`Object.defineProperty(navigator, 'webdriver', { get: () => false })`);
  };
  afterEach(async () => {
    await context.close();
    await app.close();
    await emulator.close();
  });

  const visit = async (): Promise<Page> => {
    const page = await context.newPage();
    await page.goto(app.origin);
    await page.evaluate('window.ready');
    return page;
  };
  /** Runs an expression of JavaScript in the page, in which `Clerk` is loaded. */
  const run = <T>(page: Page, expression: string): Promise<T> => page.evaluate<T>(`(async () => (${expression}))()`);
  /** The code of the first error that the expression throws. */
  const errorOf = (page: Page, expression: string): Promise<string> =>
    run(page, `(${expression}).then(() => 'none', (error) => error.errors?.[0].code ?? error.code)`);
  const signUp = (page: Page, params: object): Promise<string> => {
    const strategy = 'emailAddress' in params ? 'email_code' : 'phone_code';
    return run(
      page,
      `Clerk.client.signUp.create(${JSON.stringify(params)})
        .then((signUp) => signUp.prepareVerification({ strategy: '${strategy}' }))
        .then((signUp) => signUp.attemptVerification({ strategy: '${strategy}', code: '424242' }))
        .then((signUp) => Clerk.setActive({ session: signUp.createdSessionId }).then(() => signUp.createdUserId))`,
    );
  };
  const userId = (page: Page): Promise<string | null> => run(page, 'Clerk.user?.id ?? null');
  const signedOut = (page: Page) => page.waitForFunction('window.Clerk.session === null');
  const cookies = async (): Promise<Map<string, string>> =>
    new Map((await context.cookies()).map(({ name, value }) => [name, value]));

  it(
    'signs up, stays signed in after a reload, keeps two users, and signs out of one and of all',
    async () => {
      await start();
      const page = await visit();
      const ada = await signUp(page, { emailAddress: EMAIL, firstName: 'Ada' });
      expect(emulator.findUser(ada)).toMatchObject({ first_name: 'Ada', last_sign_in_at: expect.any(Number) });
      const names = ['__session', '__client_uat', '__clerk_db_jwt'].flatMap((name) => [
        ...cookieNames(name, emulator.publishableKey),
      ]);
      expect([...(await cookies()).keys()]).toEqual(expect.arrayContaining(names));
      const options = { jwtKey: emulator.jwtKey, authorizedParties: [app.origin] };
      expect(await verifyToken((await cookies()).get('__session') ?? '', options)).toMatchObject({ sub: ada });
      expect(await verifyToken(await run(page, 'Clerk.session.getToken({ skipCache: true })'), options)).toMatchObject({
        sub: ada,
        azp: app.origin,
      });

      await page.reload();
      await page.evaluate('window.ready');
      expect(await userId(page)).toBe(ada);
      await run(page, `Clerk.user.update({ lastName: 'Lovelace' }).then(() => null)`);
      expect(emulator.findUser(ada)?.last_name).toBe('Lovelace');

      // A second user in the same browser, who signs in with the code that the emulator's page shows.
      const bob = emulator.createUser({ phone_number: ['+12025550177', PHONE], email_address: ['bob@example.com'] });
      await run(
        page,
        `Clerk.client.signIn.create({ identifier: 'bob@example.com', strategy: 'email_code' }).then(() => null)`,
      );
      const attempt = (code: string): string =>
        `Clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code: '${code}' })`;
      expect(await errorOf(page, attempt('424242'))).toBe('form_code_incorrect');
      const outbox = await context.newPage();
      await outbox.goto(`${emulator.url}/#/codes`);
      const code = await outbox
        .getByRole('listitem')
        .filter({ hasText: 'bob@example.com' })
        .locator('code')
        .textContent();
      expect(code).toBe(emulator.lastCode('bob@example.com'));
      await page.bringToFront();
      const session = await run<string>(page, `${attempt(code ?? '')}.then((signIn) => signIn.createdSessionId)`);
      await run(page, `Clerk.setActive({ session: '${session}' })`);
      expect(await userId(page)).toBe(bob.id);
      expect(await run(page, 'Clerk.client.signedInSessions.map(({ user }) => user.id)')).toEqual([ada, bob.id]);

      await run(page, `Clerk.signOut({ sessionId: '${session}', redirectUrl: '/one' })`);
      await page.waitForURL('**/one');
      await page.evaluate('window.ready');
      expect(await userId(page)).toBe(ada);
      const clerk = createClerkClient(emulator.clientOptions);
      expect((await clerk.sessions.getSession(session)).status).toBe('removed');
      await run(page, `Clerk.signOut({ redirectUrl: '/all' })`);
      await page.waitForURL('**/all');
      await page.evaluate('window.ready');
      expect(await userId(page)).toBeNull();
      const left = await cookies();
      expect([left.has('__session'), left.get('__client_uat')]).toEqual([false, '0']);
    },
    STORY_LIMIT_MS,
  );

  it(
    'signs every tab out when the user is banned in mid-session, and shows why a sign-in is rejected',
    async () => {
      let shiftMs = 0;
      await start({ now: () => Date.now() + shiftMs });
      const page = await visit();
      const ada = await signUp(page, { phoneNumber: PHONE });
      const other = await visit();
      expect(await userId(other)).toBe(ada);
      const clerk = createClerkClient(emulator.clientOptions);
      await clerk.users.banUser(ada);
      expect(await errorOf(page, 'Clerk.session.touch()')).toBe('user_banned');
      await run(page, 'Clerk.handleUnauthenticated().then(() => null)');
      await Promise.all([signedOut(page), signedOut(other)]);
      const create = `Clerk.client.signIn.create({ identifier: '${PHONE}' })`;
      expect(await errorOf(page, create)).toBe('user_banned');
      await clerk.users.unbanUser(ada);
      await clerk.users.lockUser(ada);
      expect(await errorOf(page, create)).toBe('user_locked');
      expect(await errorOf(page, `Clerk.client.signIn.create({ identifier: 'nobody@example.com' })`)).toBe(
        'form_identifier_not_found',
      );

      // Five wrong codes, and a code that is older than ten minutes.
      emulator.createUser({ email_address: [EMAIL] });
      const send = `Clerk.client.signIn.create({ identifier: '${EMAIL}', strategy: 'email_code' })`;
      const attempt = (code: string): string =>
        `Clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code: '${code}' })`;
      expect(await errorOf(page, send)).toBe('none');
      for (let n = 0; n < 5; n++) expect(await errorOf(page, attempt('000000'))).toBe('form_code_incorrect');
      expect(await errorOf(page, attempt('424242'))).toBe('verification_failed');
      expect(await errorOf(page, send)).toBe('none');
      shiftMs = 600_000;
      expect(await errorOf(page, attempt('424242'))).toBe('verification_expired');
    },
    STORY_LIMIT_MS,
  );

  it(
    'refreshes its token, goes on after an outage, and starts anew when the emulator has forgotten the browser',
    async () => {
      // Clerk's scripts refresh a token some 15 s before it expires.
      await start({ tokenLifetimeMs: 20_000 });
      const page = await visit();
      const ada = await signUp(page, { emailAddress: EMAIL });
      const first = (await cookies()).get('__session');
      await eventually(async () => (await cookies()).get('__session') !== first);
      expect(await verifyToken((await cookies()).get('__session') ?? '', { jwtKey: emulator.jwtKey })).toMatchObject({
        sub: ada,
      });

      await context.setOffline(true);
      await run(page, `Clerk.user.update({ firstName: 'Lost' }).catch(() => null).then(() => null)`);
      expect(emulator.findUser(ada)?.first_name).toBeNull();
      await context.setOffline(false);
      await run(page, `Clerk.user.update({ firstName: 'Ada' }).then(() => null)`);
      expect(emulator.findUser(ada)?.first_name).toBe('Ada');

      // Lost cookies sign the browser out; the session goes on without it.
      emulator.addFault({ kind: 'browser_dropped_cookies', count: 1, match: { path: '/v1/client' } });
      await page.reload();
      await page.evaluate('window.ready');
      expect(await userId(page)).toBeNull();
      const back = `Clerk.client.signIn.create({ identifier: '${EMAIL}', strategy: 'email_code' })
        .then((signIn) => signIn.attemptFirstFactor({ strategy: 'email_code', code: '424242' }))
        .then((signIn) => Clerk.setActive({ session: signIn.createdSessionId }))`;
      await run(page, `${back}.then(() => null)`);
      expect(await userId(page)).toBe(ada);

      emulator.reset();
      await page.reload();
      await page.evaluate('window.ready');
      expect(await userId(page)).toBeNull();
      expect(await signUp(page, { emailAddress: EMAIL })).not.toBe(ada);
    },
    STORY_LIMIT_MS,
  );

  it(
    'signs up and in by the Test Provider, shows what was denied, and has a profile image',
    async () => {
      await start();
      const page = await visit();
      const go = async (): Promise<void> => {
        const urls = `redirectUrl: '/sso-callback', redirectUrlComplete: '/done'`;
        await page.evaluate(
          `void Clerk.client.signIn.authenticateWithRedirect({ strategy: 'oauth_custom_mock', ${urls} })`,
        );
        await page.getByRole('heading', { name: 'Test Provider' }).waitFor();
      };
      const signInAs = async (email: string, path: string): Promise<void> => {
        await go();
        await page.getByLabel('E-mail address').fill(email);
        await page.getByLabel('First name').fill('Ada');
        await page.getByRole('button', { name: 'Continue' }).click();
        await arriveAt(path);
      };
      const arriveAt = async (path: string): Promise<void> => {
        await page.waitForURL((url) => url.pathname === path);
        await page.evaluate('window.ready');
      };
      const signOut = async (): Promise<void> => {
        await page.evaluate(`void Clerk.signOut({ redirectUrl: '/out' })`);
        await arriveAt('/out');
      };

      // Nobody has the account: Clerk's script transfers the sign-in to a sign-up.
      await signInAs('ada@example.com', '/welcome');
      const [ada] = emulator.users();
      expect(ada).toMatchObject({ first_name: 'Ada', external_accounts: [{ email_address: 'ada@example.com' }] });
      expect(await userId(page)).toBe(ada?.id);
      expect(await run(page, 'Clerk.user.externalAccounts.map(({ provider }) => provider)')).toEqual(['custom_mock']);

      const file = `Uint8Array.from(atob('${PNG}'), (character) => character.charCodeAt(0))`;
      await run(page, `Clerk.user.setProfileImage({ file: new Blob([${file}]) }).then(() => null)`);
      const width = `new Promise((resolve, reject) => {
        const image = Object.assign(new Image(), { onload: () => resolve(image.naturalWidth), onerror: reject });
        image.src = Clerk.user.imageUrl;
      })`;
      expect([await run(page, 'Clerk.user.hasImage'), await run(page, width)]).toEqual([true, 1]);
      await run(page, 'Clerk.user.setProfileImage({ file: null }).then(() => null)');
      expect(emulator.findUser(ada?.id ?? '')?.has_image).toBe(false);

      await signOut();
      await signInAs('ada@example.com', '/done');
      expect([await userId(page), emulator.users().length]).toEqual([ada?.id, 1]);

      await signOut();
      await go();
      await page.getByRole('link', { name: 'Deny' }).click();
      await arriveAt('/sign-in');
      expect(await run(page, 'Clerk.client.signIn.firstFactorVerification.error.code')).toBe('oauth_access_denied');
    },
    STORY_LIMIT_MS,
  );

  it(
    'stays signed in while the emulator restarts',
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'clerk-emulator-'));
      try {
        const stateFile = join(folder, 'state.json');
        await start({ stateFile });
        const page = await visit();
        const ada = await signUp(page, { emailAddress: EMAIL });
        const { port } = new URL(emulator.url);
        await emulator.close();
        emulator = await startClerkEmulator({ packagesFolder, stateFile, port: Number(port) });
        await page.reload();
        await page.evaluate('window.ready');
        expect(await userId(page)).toBe(ada);
        expect(await run(page, 'Clerk.session.getToken({ skipCache: true })')).toMatch(/^ey/);
      } finally {
        await rm(folder, { recursive: true });
      }
    },
    STORY_LIMIT_MS,
  );
});
