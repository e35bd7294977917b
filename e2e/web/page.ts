import { readFileSync } from 'node:fs';
import { type Page } from 'playwright-core';

const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/** The card with this heading. */
export const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
/** The entry of a list that has this text. */
export const row = (page: Page, text: string) => page.getByRole('listitem').filter({ hasText: text });
/** Presses the button with this name. */
export const press = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).click();
/** Waits until the page says that live updates run. */
export const isLive = (page: Page) => page.getByRole('status', { name: 'Live updates' }).getByText('Live').waitFor();
/** Adds an entry to the list of a card. */
export const add = async (page: Page, title: string, name: string) => {
  await page.getByLabel(`New in ${title}`).fill(name);
  await card(page, title).getByRole('button', { name: 'Add' }).click();
};
/** Renames an entry of a list. */
export const rename = async (page: Page, from: string, to: string) => {
  await press(page, `Rename ${from}`);
  await page.getByLabel('New name').fill(to);
  await page.keyboard.press('Enter');
};
/** Waits until the page shows this text. */
export const see = (page: Page, text: string) => page.getByText(text, { exact: true }).first().waitFor();

/** Moves the focus by Tab until it is on the control with this name. */
export async function tabTo(page: Page, name: string): Promise<void> {
  const focused = `(({ ariaLabel, labels, textContent }) => ariaLabel ?? labels?.[0]?.textContent ?? textContent)(document.activeElement)`;
  for (let presses = 0; presses < 40; presses++) {
    if ((await page.evaluate<string>(focused)).trim() === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not reach ${name}`);
}

/** Types into a control, which Tab reaches. */
export async function type(page: Page, name: string, text: string): Promise<void> {
  await tabTo(page, name);
  await page.keyboard.type(text);
}

/** What axe finds, as sentences, and whether the page is wider than the screen. */
export async function accessFaults(page: Page): Promise<string[]> {
  await page.evaluate(AXE);
  interface Violation {
    readonly help: string;
    readonly nodes: readonly { readonly target: readonly string[] }[];
  }
  const { violations } = await page.evaluate<{ violations: Violation[] }>('axe.run(document)');
  const isWide = await page.evaluate<boolean>('document.documentElement.scrollWidth > innerWidth');
  const faults = violations.map(({ help, nodes }) => `${help}: ${nodes.map(({ target }) => target[0]).join(' ')}`);
  return isWide ? [...faults, 'the page is wider than the screen'] : faults;
}
