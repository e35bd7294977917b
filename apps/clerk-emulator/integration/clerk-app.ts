import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type ClerkEmulator, type ClerkEmulatorOptions, startClerkEmulator } from '../src';
import { type AppServer, startAppServer } from './app-server';

/** Limit for one condition, on a busy machine. */
export const WAIT_MS = 60_000;

/** Options of a {@link ClerkApp}. */
interface ClerkAppOptions extends ClerkEmulatorOptions {
  /** Folder with Clerk's packages. */
  readonly packagesFolder: string;
  /** Whether the browser says that a program drives it. Clerk's script then takes network errors for no answer. */
  readonly automated?: boolean;
}

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

/** A frontend that loads `@clerk/clerk-js` from its own emulator, in a browser of its own. */
export class ClerkApp {
  private constructor(
    private readonly options: ClerkEmulatorOptions,
    private readonly time: { shiftMs: number },
    private running: ClerkEmulator,
    private readonly server: AppServer,
    readonly context: BrowserContext,
  ) {}

  static async start(browser: Browser, { automated = false, ...given }: ClerkAppOptions): Promise<ClerkApp> {
    const time = { shiftMs: 0 };
    const options = { now: () => Date.now() + time.shiftMs, ...given };
    const emulator = await startClerkEmulator(options);
    const server = await startAppServer({ html: htmlOf(emulator) });
    const context = await browser.newContext();
    context.setDefaultTimeout(WAIT_MS);
    if (!automated) {
      await context.addInitScript(`Object.defineProperty(navigator, 'webdriver', { get: () => false })`);
    }
    return new ClerkApp(options, time, emulator, server, context);
  }

  get emulator(): ClerkEmulator {
    return this.running;
  }

  get origin(): string {
    return this.server.origin;
  }

  async close(): Promise<void> {
    await this.context.close();
    await this.server.close();
    await this.emulator.close();
  }

  /** Opens a tab. */
  async visit(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.origin);
    await page.evaluate('window.ready');
    return page;
  }

  async cookies(): Promise<Map<string, string>> {
    return new Map((await this.context.cookies()).map(({ name, value }) => [name, value]));
  }

  /** Stops the emulator and starts it on the same port. */
  async restartEmulator(): Promise<void> {
    const { port } = new URL(this.emulator.url);
    await this.emulator.close();
    this.running = await startClerkEmulator({ ...this.options, port: Number(port) });
  }

  /** Lets {@link skipTime} move the time of tabs that are opened from now on. */
  async controlTime(): Promise<void> {
    await this.context.clock.install();
  }

  /** Moves the time of the emulator and of all tabs, whose timers then fire. */
  async skipTime(ms: number): Promise<void> {
    this.time.shiftMs += ms;
    await this.context.clock.fastForward(ms);
  }

  /** The time of the emulator, in ms since 1970. */
  now(): number {
    return Date.now() + this.time.shiftMs;
  }
}

/** Runs an expression of JavaScript in the page, in which `Clerk` is loaded. */
export function run<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate<T>(`(async () => (${expression}))()`);
}

/** The code of the first error that the expression throws. */
export function errorOf(page: Page, expression: string): Promise<string> {
  return run(page, `(${expression}).then(() => 'none', (error) => error.errors?.[0].code ?? error.code)`);
}

/** Signs up with the test code, and returns the id of the user. */
export function signUp(page: Page, params: object): Promise<string> {
  const strategy = 'emailAddress' in params ? 'email_code' : 'phone_code';
  return run(
    page,
    `Clerk.client.signUp.create(${JSON.stringify(params)})
      .then((signUp) => signUp.prepareVerification({ strategy: '${strategy}' }))
      .then((signUp) => signUp.attemptVerification({ strategy: '${strategy}', code: '424242' }))
      .then((signUp) => Clerk.setActive({ session: signUp.createdSessionId }).then(() => signUp.createdUserId))`,
  );
}

/** Id of the user who is signed in. */
export function userId(page: Page): Promise<string | null> {
  return run(page, 'Clerk.user?.id ?? null');
}
