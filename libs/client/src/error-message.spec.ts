import { getErrorMessage } from './error-message';
import { GatehouseError } from './errors';
import { texts } from './texts';

const clerk = (code: string, more: object = {}) => ({ clerkError: true, status: 422, errors: [{ code, ...more }] });

it.each<[string, unknown, string]>([
  ['of the gateway', new GatehouseError({ code: 'phone_unverified', status: 403 }), texts.phone_unverified],
  ['of another copy of this package', { name: 'GatehouseError', code: 'not_found', status: 404 }, texts.not_found],
  ['of a later gateway', { name: 'GatehouseError', code: 'new_code', status: 503 }, texts.other_outage],
  ['of Clerk that has a text', clerk('form_code_incorrect', { longMessage: 'x' }), texts.clerk_form_code_incorrect],
  ['of Clerk that has none', clerk('form_username_odd', { message: 'a', longMessage: 'Odd name.' }), 'Odd name.'],
  ['of Clerk’s Frontend API', { errors: [{ code: 'x_y', message: 'a', long_message: 'Not so.' }] }, 'Not so.'],
  ['of Clerk without a text', clerk('x_y'), texts.other],
  ['of Clerk without an entry', { clerkError: true, errors: [] }, texts.other],
  ['of Clerk’s network', { clerkRuntimeError: true, code: 'network_error' }, texts.network_failed],
  ['of Clerk, offline', { clerkRuntimeError: true, code: 'clerk_offline' }, texts.offline],
  ['of fetch in Chromium', new TypeError('Failed to fetch'), texts.network_failed],
  ['of fetch in Firefox', new TypeError('NetworkError when attempting to fetch resource.'), texts.network_failed],
  ['of fetch in Safari', new TypeError('Load failed'), texts.network_failed],
  ['of fetch in Node', new TypeError('fetch failed'), texts.network_failed],
  ['of a timeout', new DOMException('secret', 'TimeoutError'), texts.timed_out],
  ['of a program', new TypeError('secret is undefined'), texts.other],
  ['that is a text', 'secret', texts.other],
  ['that is nothing', undefined, texts.other],
])('an error %s has a text fit for people', (_, error, expected) => {
  expect(getErrorMessage(error)).toBe(expected);
});

it('a translation replaces the texts, and English stands in for what it lacks', () => {
  const german = { not_found: 'Das gibt es nicht.', clerk_form_code_incorrect: 'Falscher Code.' };
  expect(getErrorMessage(new GatehouseError({ code: 'not_found', status: 404 }), german)).toBe('Das gibt es nicht.');
  expect(getErrorMessage(clerk('form_code_incorrect'), german)).toBe('Falscher Code.');
  expect(getErrorMessage(new GatehouseError({ code: 'conflict', status: 409 }), german)).toBe(texts.conflict);
});

describe('on a device that is offline', () => {
  const { navigator } = globalThis;
  beforeEach(() => Object.defineProperty(globalThis, 'navigator', { value: { onLine: false }, configurable: true }));
  afterEach(() => Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true }));

  it('a failed request says so', () => {
    expect(getErrorMessage(new TypeError('Failed to fetch'))).toBe(texts.offline);
  });
});
