import { type EmulatorState } from '../persist-state/emulator-state';
import { newBrowserClient } from './browser-client';
import { DevBrowsers } from './dev-browser.store';

const state = { register: () => undefined, markChanged: () => undefined } as unknown as EmulatorState;

it('keeps 10 000 development browsers, and forgets first the one that was changed longest ago', () => {
  const browsers = new DevBrowsers(state, () => 1_790_000_000_000);
  const [used, unused] = [browsers.create(), browsers.create()];
  for (let count = 2; count < 10_000; count += 1) browsers.create();
  browsers.put(used, newBrowserClient('client_1', 0));
  browsers.create();
  expect([browsers.has(used), browsers.has(unused)]).toEqual([true, false]);
});
