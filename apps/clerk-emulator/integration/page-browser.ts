import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Locator, type Page } from 'playwright-core';

/** Widths at which the page must work. */
export const SCREENS = [
  { name: 'a desktop', viewport: { width: 1280, height: 900 } },
  { name: 'a phone', viewport: { width: 360, height: 740 } },
] as const;

/** Longer than a busy machine needs; four of them fit into the limit of a test. */
const LIVE_MS = 15_000;
const CHECKS = readFileSync(join(__dirname, 'page-checks.browser.js'), 'utf8');
const CONTROLS = new Set(['button', 'link', 'textbox', 'searchbox', 'combobox', 'checkbox', 'switch', 'spinbutton']);

/**
 * Opens the page and waits until it is live. Chromium aborts a load with ERR_NETWORK_CHANGED when a network interface
 * appears or disappears, as containers of other tests cause; then the page is opened again.
 */
export async function visit(page: Page, url: string): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await page.goto(url);
      await connectionOf(page).getByText('Live', { exact: true }).waitFor({ timeout: LIVE_MS });
      return;
    } catch (error) {
      if (tries === 4) throw error;
      await page.goto('about:blank');
    }
  }
}

/** Element that shows whether the page receives changes. */
export function connectionOf(page: Page): Locator {
  return page.getByRole('banner').getByRole('status');
}

/** Accessibility faults of the visible page, as sentences. */
export async function accessFaults(page: Page): Promise<string[]> {
  const faults = await page.evaluate<string[]>(CHECKS);
  const session = await page.context().newCDPSession(page);
  const { nodes } = await session.send('Accessibility.getFullAXTree');
  await session.detach();
  const nameless = nodes.filter(
    ({ ignored, role, name }) => !ignored && CONTROLS.has(String(role?.value)) && !String(name?.value ?? '').trim(),
  );
  return [...faults, ...nameless.map(({ role }) => `a ${String(role?.value)} has no name`)];
}

/** Errors of scripts and violations of the Content-Security-Policy that the browser reports. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('console', (message) => {
    // The browser also logs API errors, which the page shows itself.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
      complaints.push(message.text());
    }
  });
  return complaints;
}

/** Presses Tab until the control with this name has the focus. The focus must be visible. */
export async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab');
    const focused = await page.evaluate<{ name: string; ringed: boolean }>(`(() => {
      const element = document.activeElement;
      const label = element.labels?.[0]?.textContent ?? element.getAttribute('aria-label') ?? element.textContent;
      const ring = (which) => getComputedStyle(element, which).outlineStyle !== 'none';
      return { name: label.trim(), ringed: ring(null) || ring('::after') };
    })()`);
    if (!name.test(focused.name)) continue;
    if (!focused.ringed) throw new Error(`${focused.name} has the focus and does not show it`);
    return;
  }
  throw new Error(`Tab does not reach ${String(name)}`);
}
