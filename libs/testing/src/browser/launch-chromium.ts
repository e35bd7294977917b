import { type Browser } from 'playwright-core';
import { type ChromiumSearch, findChromium } from './find-chromium';

/**
 * Starts a headless Chromium with an empty profile of its own, which talks to nobody but the pages it opens.
 * @throws ChromiumNotFoundError with how to install it
 */
export async function launchChromium(search: ChromiumSearch = {}): Promise<Browser> {
  const { path, env } = await findChromium(search);
  // Not with the barrel: most who import that need no browser.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    headless: true,
    // Chromium refuses to run its sandbox as root.
    chromiumSandbox: process.getuid?.() !== 0,
    args: [
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    timeout: 60_000,
  });
}
