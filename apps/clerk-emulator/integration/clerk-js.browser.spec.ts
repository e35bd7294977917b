import { createClerkClient, verifyToken } from '@clerk/backend';
import { installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { type Browser } from 'playwright-core';
import { cookieNames } from '../src/clerk/publishable-key';
import { ClerkApp, errorOf, run, signUp, userId } from './clerk-app';

/** Includes the download of Chromium's and Clerk's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 180_000;
const EMAIL = 'ada+clerk_test@example.com';
const PHONE = '+12015550100';

/** The smallest image that Chromium shows. */
const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('clerk-js in a browser', () => {
  let packagesFolder: string;
  let browser: Browser;
  let app: ClerkApp;

  beforeAll(async () => {
    ({ folder: packagesFolder } = await installBrowserPackages());
    browser = await launchChromium();
  }, FETCH_LIMIT_MS);
  afterAll(() => browser?.close());
  beforeEach(async () => {
    app = await ClerkApp.start(browser, { packagesFolder });
  });
  afterEach(() => app.close());

  it(
    'signs up, stays signed in after a reload, keeps two users, and signs out of one and of all',
    async () => {
      const page = await app.visit();
      const ada = await signUp(page, { emailAddress: EMAIL, firstName: 'Ada' });
      expect(app.emulator.findUser(ada)).toMatchObject({ first_name: 'Ada', last_sign_in_at: expect.any(Number) });
      const names = ['__session', '__client_uat', '__clerk_db_jwt'].flatMap((name) => [
        ...cookieNames(name, app.emulator.publishableKey),
      ]);
      expect([...(await app.cookies()).keys()]).toEqual(expect.arrayContaining(names));
      const options = { jwtKey: app.emulator.jwtKey, authorizedParties: [app.origin] };
      expect(await verifyToken((await app.cookies()).get('__session') ?? '', options)).toMatchObject({ sub: ada });
      expect(await verifyToken(await run(page, 'Clerk.session.getToken({ skipCache: true })'), options)).toMatchObject({
        sub: ada,
        azp: app.origin,
      });

      await page.reload();
      await page.evaluate('window.ready');
      expect(await userId(page)).toBe(ada);
      await run(page, `Clerk.user.update({ lastName: 'Lovelace' }).then(() => null)`);
      expect(app.emulator.findUser(ada)?.last_name).toBe('Lovelace');

      // A second user in the same browser, who signs in with the code that the emulator's page shows.
      const bob = app.emulator.createUser({
        phone_number: ['+12025550177', PHONE],
        email_address: ['bob@example.com'],
      });
      await run(
        page,
        `Clerk.client.signIn.create({ identifier: 'bob@example.com', strategy: 'email_code' }).then(() => null)`,
      );
      const attempt = (code: string): string =>
        `Clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code: '${code}' })`;
      expect(await errorOf(page, attempt('424242'))).toBe('form_code_incorrect');
      const outbox = await app.context.newPage();
      await outbox.goto(`${app.emulator.url}/#/codes`);
      const code = await outbox
        .getByRole('listitem')
        .filter({ hasText: 'bob@example.com' })
        .locator('code')
        .textContent();
      expect(code).toBe(app.emulator.lastCode('bob@example.com'));
      await page.bringToFront();
      const session = await run<string>(page, `${attempt(code ?? '')}.then((signIn) => signIn.createdSessionId)`);
      await run(page, `Clerk.setActive({ session: '${session}' })`);
      expect(await userId(page)).toBe(bob.id);
      expect(await run(page, 'Clerk.client.signedInSessions.map(({ user }) => user.id)')).toEqual([ada, bob.id]);

      await run(page, `Clerk.signOut({ sessionId: '${session}', redirectUrl: '/one' })`);
      await page.waitForURL('**/one');
      await page.evaluate('window.ready');
      expect(await userId(page)).toBe(ada);
      const clerk = createClerkClient(app.emulator.clientOptions);
      expect((await clerk.sessions.getSession(session)).status).toBe('removed');
      await run(page, `Clerk.signOut({ redirectUrl: '/all' })`);
      await page.waitForURL('**/all');
      await page.evaluate('window.ready');
      expect(await userId(page)).toBeNull();
      const left = await app.cookies();
      expect([left.has('__session'), left.get('__client_uat')]).toEqual([false, '0']);
    },
    STORY_LIMIT_MS,
  );

  it(
    'shows why a sign-in is rejected',
    async () => {
      await app.controlTime();
      const page = await app.visit();
      expect(await errorOf(page, `Clerk.client.signIn.create({ identifier: 'nobody@example.com' })`)).toBe(
        'form_identifier_not_found',
      );
      const { id } = app.emulator.createUser({ email_address: [EMAIL] });
      const send = `Clerk.client.signIn.create({ identifier: '${EMAIL}', strategy: 'email_code' })`;
      const attempt = (code: string): string =>
        `Clerk.client.signIn.attemptFirstFactor({ strategy: 'email_code', code: '${code}' })`;
      expect(await errorOf(page, send)).toBe('none');
      for (let n = 0; n < 5; n++) expect(await errorOf(page, attempt('000000'))).toBe('form_code_incorrect');
      expect(await errorOf(page, attempt('424242'))).toBe('verification_failed');
      expect(await errorOf(page, send)).toBe('none');
      await app.skipTime(600_000);
      expect(await errorOf(page, attempt('424242'))).toBe('verification_expired');

      const { users } = createClerkClient(app.emulator.clientOptions);
      await users.banUser(id);
      expect(await errorOf(page, send)).toBe('user_banned');
      await users.unbanUser(id);
      await users.lockUser(id);
      expect(await errorOf(page, send)).toBe('user_locked');
    },
    STORY_LIMIT_MS,
  );

  it(
    'signs up and in by the Test Provider, shows what was denied, and has a profile image',
    async () => {
      const page = await app.visit();
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
      const [ada] = app.emulator.users();
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
      expect(app.emulator.findUser(ada?.id ?? '')?.has_image).toBe(false);

      await signOut();
      await signInAs('ada@example.com', '/done');
      expect([await userId(page), app.emulator.users().length]).toEqual([ada?.id, 1]);

      await signOut();
      await go();
      await page.getByRole('link', { name: 'Deny' }).click();
      await arriveAt('/sign-in');
      expect(await run(page, 'Clerk.client.signIn.firstFactorVerification.error.code')).toBe('oauth_access_denied');
    },
    STORY_LIMIT_MS,
  );
});
