import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClerkClient, createClerkClient } from '@clerk/backend';
import { Leash } from '@gatehouse/local-stack';
import { TcpProxy, installBrowserPackages, launchChromium } from '@gatehouse/testing';
import { type Browser, type BrowserContext, type Page } from 'playwright-core';
import { type Replica, startReplica } from '../replica';
import { type Stack, startStack } from '../stack';
import { installWeb, serveWeb, untestedVersions } from './web-app';

/** Limit for one element to appear, on a busy machine; milliseconds. */
const WAIT_MS = 60_000;
/** How much later bytes arrive through the slow network; milliseconds. */
const SLOW_MS = 100;

/** examples/web, built and served, in Chromium, with a Gatehouse of its own. */
export class WebWorld {
  private readonly directory = mkdtempSync(join(tmpdir(), 'gatehouse-web-'));
  private readonly leash = Leash.start();
  /** Folder of examples/web, with what it depends on. */
  readonly folder = join(this.directory, 'web');
  stack!: Stack;
  clerk!: ClerkClient;
  browser!: Browser;
  gateway!: string;
  /** A second gateway, and the slow network that leads to it. */
  replica!: Replica;
  private slow?: TcpProxy;
  private emulator!: string;
  private origin!: string;
  private adminSession!: string;
  /** Errors of all pages. */
  readonly complaints: string[] = [];

  async start(): Promise<void> {
    const { folder: packages } = await installBrowserPackages();
    expect(untestedVersions(packages)).toEqual([]);
    const installing = installWeb(this.folder, packages);
    // Reported below, when the stack can be stopped.
    installing.catch(() => undefined);
    this.stack = await startStack({ CLERK_PACKAGES_FOLDER: packages });
    const { ports, environments } = this.stack.gatehouse;
    this.replica = await startReplica(this.stack.gatehouse, 'api-gateway', this.directory, this.leash);
    this.slow = await TcpProxy.start(`http://127.0.0.1:${this.replica.port}`, SLOW_MS);
    this.emulator = `http://localhost:${ports.emulator}`;
    this.gateway = `http://localhost:${ports.gateway}`;
    const health = await fetch(`${this.emulator}/emulator/health`);
    const { publishableKey } = (await health.json()) as { publishableKey: string };
    const secretKey = environments['clerk-emulator'].CLERK_SECRET_KEY ?? '';
    this.clerk = createClerkClient({ secretKey, apiUrl: this.emulator });
    await installing;
    const addresses = { gateway: this.gateway, emulator: this.emulator, publishableKey };
    this.origin = await serveWeb(this.folder, addresses, this.leash);
    const admin = await this.clerk.users.createUser({
      ...{ emailAddress: ['admin@example.com'], skipPasswordRequirement: true, publicMetadata: { role: 'admin' } },
    });
    ({ id: this.adminSession } = await this.clerk.sessions.createSession({ userId: admin.id }));
    this.browser = await launchChromium();
  }

  async stop(): Promise<void> {
    await this.browser?.close();
    await this.slow?.cut();
    await this.leash.release();
    await this.stack?.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Opens the page in a new window. `isSlow`: the window reaches the second gateway, through the slow network. */
  async open(context: BrowserContext, { isSlow = false } = {}): Promise<Page> {
    context.setDefaultTimeout(WAIT_MS);
    const page = await context.newPage();
    page.on('pageerror', ({ message }) => void this.complaints.push(message));
    if (isSlow) {
      await page.route(`${this.gateway}/**`, (route) => {
        const { pathname, search } = new URL(route.request().url());
        return route.continue({ url: new URL(pathname + search, this.slow?.url).href });
      });
    }
    await page.goto(this.origin);
    return page;
  }

  /** The code that Clerk has sent last to an address or a number. */
  async codeFor(identifier: string): Promise<string> {
    const sent = await fetch(`${this.emulator}/emulator/messages?to=${encodeURIComponent(identifier)}`);
    const { data } = (await sent.json()) as { data: readonly { readonly code: string }[] };
    return data[0]?.code ?? '';
  }

  /** Sends a request of an admin. */
  async asAdmin(method: string, path: string, body?: object): Promise<void> {
    const { jwt } = await this.clerk.sessions.getToken(this.adminSession);
    const response = await fetch(this.gateway + path, {
      method,
      headers: { authorization: `Bearer ${jwt}`, ...(body && { 'content-type': 'application/json' }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    expect([response.status, await response.text()]).toEqual([200, expect.any(String)]);
  }
}
