import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { Leash, ManagedProcess, freePort, freePorts, portVariables } from '@gatehouse/local-stack';
import { eventually, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';

const root = join(__dirname, '../..');
const example = join(root, 'examples/nextjs');
/** Installing, building and starting everything takes a minute or two, and longer on a busy machine. */
const LIMIT_MS = 600_000;
const WAIT_MS = 120_000;
const ADMIN = 'admin+clerk_test@example.com';
const ADA = 'ada+clerk_test@example.com';
const COLLIDED = 'grace+clerk_test@example.com';

let folder: string;
let leash: Leash;
let browser: Browser;
let app: string;
let emulator: string;
/** Errors of pages, without those of requests that a navigation ends. */
const faults: string[] = [];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gatehouse-nextjs-'));
  leash = Leash.start();
  const made = ['node_modules', '.next', '.env.local', 'next-env.d.ts'];
  cpSync(example, join(folder, 'app'), { recursive: true, filter: (path) => !made.includes(basename(path)) });
  const [writeSettings] = await Promise.all([startGatehouse(), install()]);
  await run('bash', ['-c', writeSettings], root);
  await run('npm', ['run', 'build']);
  const port = await freePort();
  const next = [join(folder, 'app/node_modules/next/dist/bin/next'), 'start', '-p', String(port)];
  await start(join(folder, 'app'), next, 'Ready in', environment());
  app = `http://localhost:${port}`;
  browser = await launchChromium();
}, LIMIT_MS);
afterAll(async () => {
  await browser?.close();
  await leash?.release();
  rmSync(folder, { recursive: true, force: true });
}, LIMIT_MS);

/** Starts Gatehouse, and returns the command that it prints for a Next.js app, for the app of this test. */
async function startGatehouse(): Promise<string> {
  const ports = await freePorts();
  emulator = `http://localhost:${ports.emulator}`;
  const portEnvironment = Object.entries(portVariables).map(([name, variable]) => [
    variable,
    String(ports[name as keyof typeof ports]),
  ]);
  const lines = await start(root, ['dist/tools/src/start/main.js'], 'Ctrl-C stops everything', {
    ...{ PATH: process.env.PATH, HOME: process.env.HOME },
    GATEHOUSE_STATE_DIR: join(folder, 'state'),
    NATS_SERVER_BIN: process.env.GATEHOUSE_TEST_NATS_BIN,
    CLERK_PACKAGES_FOLDER: join(folder, 'app'),
    SESSION_TOKEN_CLAIMS: claimsOfReadme(),
    ...(Object.fromEntries(portEnvironment) as NodeJS.ProcessEnv),
  });
  const [command = ''] = /printf [^]*?NEXT_PUBLIC_GATEHOUSE_URL=\S+/.exec(lines.join('\n')) ?? [];
  return command.replace('examples/nextjs', join(folder, 'app'));
}

/** The custom claims of the README. */
function claimsOfReadme(): string {
  const [, claims = ''] = /SESSION_TOKEN_CLAIMS='([^']+)'/.exec(readFileSync(join(example, 'README.md'), 'utf8')) ?? [];
  return claims;
}

async function install(): Promise<void> {
  const npm = (...args: string[]) =>
    run('npm', [...args, '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']);
  const tarballs = join(folder, 'tarballs');
  await Promise.all([npm('ci'), run(process.execPath, [join(root, 'tools/pack.mjs'), 'client', tarballs])]);
  await npm('install', '--no-save', ...readdirSync(tarballs).map((name) => join(tarballs, name)));
}

async function run(command: string, args: string[], cwd = join(folder, 'app')): Promise<void> {
  const options = { cwd, env: environment(), timeout: LIMIT_MS, maxBuffer: 16 * 1024 * 1024 };
  await promisify(execFile)(command, args, options).catch((failure: { stdout: string; stderr: string }) => {
    throw new Error(`${command} ${args.join(' ')} failed:\n${failure.stdout}${failure.stderr}`);
  });
}

/** The environment of a terminal: without what is set for tests. */
function environment(): NodeJS.ProcessEnv {
  const ofTests = /^(NODE_ENV|NODE_OPTIONS|JEST_|GATEHOUSE_|CLERK_|NEXT_PUBLIC_)/;
  const kept = Object.entries(process.env).filter(([name]) => !ofTests.test(name));
  return { ...Object.fromEntries(kept), NEXT_TELEMETRY_DISABLED: '1' };
}

/** Starts a program and returns what it has printed when a line contains `until`. */
async function start(cwd: string, args: string[], until: string, env: NodeJS.ProcessEnv): Promise<string[]> {
  const lines: string[] = [];
  const child = await ManagedProcess.start({
    ...{ name: args[0] ?? '', command: process.execPath, args, cwd, env, leash },
    logFile: join(folder, 'output.log'),
    onLine: (line) => void lines.push(line),
  });
  await eventually(
    () => {
      if (!child.running) throw new Error(lines.join('\n'));
      return lines.some((line) => line.includes(until));
    },
    { timeoutMs: 180_000, intervalMs: 100 },
  );
  return lines;
}

async function newPage(context?: BrowserContext): Promise<Page> {
  const opened = context ?? (await browser.newContext());
  opened.setDefaultTimeout(WAIT_MS);
  const page = await opened.newPage();
  page.on('pageerror', ({ message }) => {
    if (!/failed to fetch|abort/i.test(message)) faults.push(message);
  });
  return page;
}

async function fill(page: Page, button: string, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) await page.getByLabel(label, { exact: true }).fill(value);
  await page.getByRole('main').getByRole('button', { name: button, exact: true }).click();
}

/** Signs in on the page that the browser shows. */
async function signIn(page: Page, email: string): Promise<void> {
  await fill(page, 'Continue', { 'E-mail address': email });
  await fill(page, 'Sign in', { Code: '424242' });
}

/** Waits until the scripts of a page run, and Clerk's script has loaded. */
const loaded = (page: Page) => page.getByRole('button', { name: 'Sign out', disabled: false }).waitFor();

/** Asks the API route from a page, with a fresh session token. */
const askApi = `window.Clerk.session.getToken()
  .then(() => fetch('/api/me'))
  .then(async (answer) => ({ status: answer.status, body: await answer.json() }))`;

const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const navigationLink = (page: Page, name: string) =>
  page.getByRole('navigation').getByRole('link', { name, exact: true });
const value = (page: Page, term: string) => page.locator(`dt:text-is("${term}") + dd`);

describe('the example of Next.js, with @clerk/nextjs and the Clerk emulator', () => {
  let ada: Page;
  beforeAll(async () => {
    ada = await newPage();
  });

  it('leads from a protected page to the sign-up and back, with the user synced and the claims in the token', async () => {
    await ada.goto(`${app}/dashboard`);
    await heading(ada, 'Sign in').waitFor();
    expect(new URL(ada.url()).searchParams.get('redirect_url')).toBe(`${app}/dashboard`);
    await ada.getByRole('main').getByRole('link', { name: 'Sign up' }).click();
    await fill(ada, 'Continue', { 'First name': 'Ada', 'Last name': 'Lovelace', 'E-mail address': ADA });
    await fill(ada, 'Sign up', { Code: '000000' });
    await ada.getByRole('alert').getByText('code').waitFor();
    await fill(ada, 'Sign up', { Code: '424242' });
    await heading(ada, 'Hello Ada Lovelace').waitFor();
    await value(ada, 'E-mail address at Clerk').getByText(ADA).waitFor();
    await value(ada, 'Id and role come from').getByText('the session token').waitFor();
    expect(await value(ada, 'Role').textContent()).toBe('user');
  });

  it.each(['/.//elsewhere.invalid/', 'https://elsewhere.invalid/'])(
    'leads nobody to another site: %s',
    async (target) => {
      for (const named of [target, new URL(target, app).href]) {
        await ada.goto(`${app}/api/clerk/syncUsers?${String(new URLSearchParams({ redirect_url: named }))}`);
        const { origin, pathname } = new URL(ada.url());
        expect(origin + pathname).toBe(`${app}/dashboard`);
      }
    },
  );

  it('calls the gateway from the browser and from the server', async () => {
    await fill(ada, 'Add', { 'New item': 'Milk' });
    await ada.getByRole('listitem').getByText('Milk').waitFor();
    await ada.reload();
    await ada.getByRole('listitem').getByText('Milk').waitFor();
  });

  it('answers an API route with 401 without a session, and with the user otherwise', async () => {
    const route = `${app}/api/me`;
    const refused = await fetch(route);
    expect([refused.status, await refused.json()]).toEqual([401, { code: 'signed_out' }]);
    await loaded(ada);
    const answer = await ada.evaluate<{ status: number; body: unknown }>(askApi);
    expect([answer.status, answer.body]).toMatchObject([200, { fullName: 'Ada Lovelace', role: 'user' }]);
  });

  it('renews a session whose token is lost by a handshake with the emulator', async () => {
    const handshakes: string[] = [];
    ada.on('request', (request) => {
      if (request.url().startsWith(`${emulator}/v1/client/handshake`)) handshakes.push(request.url());
    });
    // No script of Clerk runs there, which would bring the cookie back.
    await ada.goto('about:blank');
    await ada.context().clearCookies({ name: /^__session/ });
    await ada.goto(`${app}/dashboard`);
    await heading(ada, 'Hello Ada Lovelace').waitFor();
    expect(handshakes).not.toEqual([]);
  });

  it('hides the admin page from users, and shows a change of the role in the navigation without a reload', async () => {
    expect((await ada.goto(`${app}/admin`))?.status()).toBe(404);
    await ada.goto(`${app}/dashboard`);
    await heading(ada, 'Hello Ada Lovelace').waitFor();
    expect(await navigationLink(ada, 'Admin').count()).toBe(0);
    const admin = await newPage();
    await admin.goto(`${app}/admin`);
    await signIn(admin, ADMIN);
    await heading(admin, 'Users').waitFor();
    await loaded(admin);
    const row = admin.getByRole('listitem').filter({ hasText: ADA });
    await row.getByRole('combobox').selectOption('admin');
    await row.getByRole('button', { name: 'Save' }).click();
    await navigationLink(ada, 'Admin').click();
    await heading(ada, 'Users').waitFor();
    await admin.context().close();
  });

  it('signs out', async () => {
    await ada.getByRole('button', { name: 'Sign out' }).click();
    await ada.waitForURL(`${app}/`);
    await navigationLink(ada, 'Sign in').waitFor();
    expect((await ada.context().request.get(`${app}/api/me`)).status()).toBe(401);
    await ada.goto(`${app}/dashboard`);
    await heading(ada, 'Sign in').waitFor();
    await ada.context().close();
  });

  it('syncs a user once whose metadata at Clerk holds values of somebody else, and shows what the gateway says', async () => {
    await createCollidedUser();
    const page = await newPage();
    const syncs: string[] = [];
    page.on('response', (answer) => {
      const isDone = answer.headers().location === '/dashboard';
      if (isDone && new URL(answer.url()).pathname === '/api/clerk/syncUsers') syncs.push(answer.url());
    });
    await page.goto(`${app}/sign-in`);
    await signIn(page, COLLIDED);
    for (let visit = 0; visit < 2; visit++) {
      await heading(page, 'Hello Grace Hopper').waitFor();
      expect(await value(page, 'Id and role come from').textContent()).toBe('the gateway');
      expect(await value(page, 'Role').textContent()).toBe('user');
      await page.goto(`${app}/dashboard`);
    }
    expect(syncs).toHaveLength(1);
    await page.context().close();
  });

  it('has shown no error in the browser', () => expect(faults).toEqual([]));
});

/** A user whose metadata has an id and a role of another program. */
async function createCollidedUser(): Promise<void> {
  const settings = readFileSync(join(folder, 'state/settings.json'), 'utf8');
  const { clerkSecretKey } = JSON.parse(settings) as { clerkSecretKey: string };
  const response = await fetch(`${emulator}/v1/users`, {
    method: 'POST',
    headers: { authorization: `Bearer ${clerkSecretKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      ...{ email_address: [COLLIDED], first_name: 'Grace', last_name: 'Hopper' },
      public_metadata: { dbId: 'crm-77', role: 'owner' },
    }),
  });
  expect(response.status).toBe(200);
}
