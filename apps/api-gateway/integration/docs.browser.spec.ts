import { eventually, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { scopes } from '@gatehouse/contracts';
import { tags } from '../src/docs/document/tags';
import { problemStatuses } from '../src/problems/problem-codes';
import { accessFaults, complaintsOf } from './support/page-faults';
import { type TestGateway, startTestGateway } from './support/test-gateway';

/** Includes the download of Chromium's packages when they are missing. */
const FETCH_LIMIT_MS = 600_000;
const STORY_LIMIT_MS = 240_000;
/** Limit for one element to appear, on a busy machine. */
const WAIT_MS = 60_000;

let gateway: TestGateway;
let browser: Browser;
let context: BrowserContext | undefined;

beforeAll(async () => {
  browser = await launchChromium();
  gateway = await startTestGateway();
}, FETCH_LIMIT_MS);
afterEach(() => context?.close());
afterAll(async () => {
  await browser?.close();
  await gateway?.stop();
});

/** Opens a path of the gateway in a new tab of a new browser profile, and waits until all routes are shown. */
async function open(path: string, colorScheme: 'light' | 'dark' = 'light', host = '127.0.0.1'): Promise<Page> {
  context = await browser.newContext({ colorScheme });
  context.setDefaultTimeout(WAIT_MS);
  const page = await context.newPage();
  const url = new URL(path, gateway.url);
  url.hostname = host;
  await page.goto(url.href);
  await operationOf(page, 'auth-logIn').waitFor();
  return page;
}

const operationOf = (page: Page, name: string) => page.locator(`#operations-${name}`);
const dialogOf = (page: Page) => page.getByRole('dialog', { name: 'Available authorizations' });

async function openDialog(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Authorize', exact: true }).click();
  await dialogOf(page).waitFor();
}

/** Enters a credential of a scheme, named as in the OpenAPI document, and closes the dialog. */
async function authorize(page: Page, scheme: string, credential: string): Promise<void> {
  await openDialog(page);
  const form = dialogOf(page).locator('form').filter({ hasText: scheme });
  await form.getByRole('textbox').fill(credential);
  await form.getByRole('button', { name: 'Authorize' }).click();
  await form.getByRole('button', { name: 'Logout' }).waitFor();
  await page.keyboard.press('Escape');
  await dialogOf(page).waitFor({ state: 'detached' });
}

/** Headers of the request that "Execute" of an operation sends. */
async function headersOf(page: Page, operation: string): Promise<Record<string, string>> {
  const block = operationOf(page, operation);
  await block.getByRole('button', { expanded: false }).first().click();
  await block.getByRole('button', { name: 'Try it out' }).click();
  const [request] = await Promise.all([
    page.waitForRequest((one) => new URL(one.url()).pathname.startsWith('/api/')),
    block.getByRole('button', { name: 'Execute' }).click(),
  ]);
  return request.headers();
}

describe.each([
  ['light', '127.0.0.1', undefined],
  // The scheme changes only colors.
  ['dark', 'localhost', ['color-contrast']],
] as const)('the page of the API in %s colors at %s', (colorScheme, host, rules) => {
  it(
    'has no fault that axe finds: closed, with an operation open and tried, and with the dialog "Authorize"',
    async () => {
      const page = await open('/docs', colorScheme, host);
      const complaints = complaintsOf(page);
      expect(await accessFaults(page, ['html'], rules)).toEqual([]);

      for (const summary of ['Scopes of API keys', 'Error codes'])
        await page.getByText(summary, { exact: true }).click();
      const operation = operationOf(page, 'admin-users-setUserRole');
      await operation.getByRole('button', { expanded: false }).first().click();
      await operation.getByRole('button', { name: 'Try it out' }).click();
      await operation.getByRole('textbox', { name: 'Request body' }).waitFor();
      // Only what has changed since, because axe takes seconds for all operations.
      const opened = ['details[open]', '#operations-admin-users-setUserRole'];
      expect(await accessFaults(page, opened, rules)).toEqual([]);

      await openDialog(page);
      // The bearer token comes first, and has the focus. Scripts cannot send a cookie.
      await eventually(() => dialogOf(page).locator('input:focus').getAttribute('id'));
      expect(
        await dialogOf(page)
          .locator('input')
          .evaluateAll((all: { id: string }[]) => all.map(({ id }) => id)),
      ).toEqual(['auth-bearer-value', 'api_key_value']);
      expect(await accessFaults(page, ['[role="dialog"]'], rules)).toEqual([]);
      expect(complaints).toEqual([]);
    },
    STORY_LIMIT_MS,
  );
});

it(
  'keeps a bearer token over a reload, for its tab alone',
  async () => {
    const page = await open('/docs');
    await authorize(page, 'bearer', 'a.b.c');
    await page.reload();
    expect(await headersOf(page, 'profile-getMe')).toMatchObject({ authorization: 'Bearer a.b.c' });

    const other = await page.context().newPage();
    await other.goto(`${gateway.url}/docs`);
    await operationOf(other, 'auth-logIn').waitFor();
    expect(await headersOf(other, 'profile-getMe')).not.toHaveProperty('authorization');
    await other.close();

    await openDialog(page);
    await dialogOf(page).getByRole('button', { name: 'Logout' }).click();
    await page.goto(`${gateway.url}/docs`);
    expect(await headersOf(page, 'profile-getMe')).not.toHaveProperty('authorization');
  },
  STORY_LIMIT_MS,
);

it(
  'never stores an API key',
  async () => {
    const page = await open('/docs');
    await authorize(page, 'apiKey', 'sk_test_example');
    expect(await headersOf(page, 'profile-getMe')).toMatchObject({ 'x-api-key': 'sk_test_example' });
    const stored = await page.evaluate<string>(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie])',
    );
    expect(stored).toBe('[{},{},""]');
    await page.goto(`${gateway.url}/docs`);
    expect(await headersOf(page, 'profile-getMe')).not.toHaveProperty('x-api-key');
  },
  STORY_LIMIT_MS,
);

it(
  'says how to get a token, lists scopes and codes, and groups the routes of admins by topic',
  async () => {
    const page = await open('/');
    expect(new URL(page.url()).pathname).toBe('/docs');
    await page.goto(`${gateway.url}/docs/`);
    expect(new URL(page.url()).pathname).toBe('/docs');
    await operationOf(page, 'auth-logIn').waitFor();
    await page.getByRole('heading', { name: 'Get a token' }).waitFor();

    const table = async (summary: string) => {
      await page.getByText(summary, { exact: true }).click();
      return page.locator('details', { hasText: summary }).getByRole('row').locator('code').allInnerTexts();
    };
    expect(await table('Scopes of API keys')).toEqual(Object.keys(scopes));
    expect((await table('Error codes')).sort()).toEqual(Object.keys(problemStatuses).sort());

    const groups = await page
      .locator('.opblock-tag')
      .evaluateAll((all: { getAttribute(name: string): string | null }[]) =>
        all.map((one) => one.getAttribute('data-tag')),
      );
    expect(groups).toEqual(Object.keys(tags));
    expect(groups.filter((name) => name?.startsWith('admin-')).length).toBeGreaterThan(5);
  },
  STORY_LIMIT_MS,
);
