import { type Browser } from 'playwright-core';
import { type ChromiumSearch, findChromium } from './find-chromium';

/**
 * Starts a headless Chromium with an empty profile. The browser sends no requests except those of the pages that it
 * opens.
 * @throws ChromiumNotFoundError with how to install it
 */
export async function launchChromium(search: ChromiumSearch = {}): Promise<Browser> {
  const { path, env } = await findChromium(search);
  // Loads `playwright-core` only here, because most tests need no browser.
  const { chromium } = await import('playwright-core');
  return chromium.launch({
    executablePath: path,
    env: { ...process.env, ...env },
    headless: true,
    // The sandbox of Chromium does not run as root.
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
