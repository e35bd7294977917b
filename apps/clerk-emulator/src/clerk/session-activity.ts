import { type RequestOrigin } from './request-origin';
import { newId } from './ids';
import { type JsonObject } from './json';

/** Clerk's browser names, each with the pattern of its version in a user agent. The first match wins. */
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdg(?:A|iOS)?\/([\d.]+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/([\d.]+)/],
  ['Chrome', /\b(?:Chrome|CriOS)\/([\d.]+)/],
  ['Safari', /\bVersion\/([\d.]+)/],
];

/** Clerk's device types, each with its pattern in a user agent. The first match wins. */
const devices: readonly (readonly [string, RegExp])[] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['Macintosh', /\bMacintosh\b/],
  ['Linux', /\bLinux\b/],
];

/** A Mac with Chrome: the device of a client whose user agent names no browser, such as curl or a test. */
const DEFAULT_AGENT = 'Macintosh Chrome/140.0.0.0';

/**
 * `latest_activity` of a session: the device and address of the client that signed in. The place is always Springfield,
 * because the emulator looks up no addresses.
 */
export function sessionActivity({ client_ip, user_agent }: RequestOrigin, now: number): JsonObject {
  const agent = browsers.some(([, pattern]) => pattern.test(user_agent)) ? user_agent : DEFAULT_AGENT;
  const [browser_name, browser_version] = matchOf(browsers, agent);
  const [device_type] = matchOf(devices, agent);
  return {
    browser_name,
    browser_version,
    city: 'Springfield',
    country: 'US',
    device_type,
    id: newId('sess_activity', now),
    ip_address: client_ip,
    is_mobile: /\bMobile\b|\biPhone\b|\biPad\b|\bAndroid\b/.test(agent),
    object: 'session_activity',
  };
}

function matchOf(known: readonly (readonly [string, RegExp])[], agent: string): [name: string, version: string] {
  for (const [name, pattern] of known) {
    const match = pattern.exec(agent);
    if (match !== null) return [name, match[1] ?? ''];
  }
  return ['', ''];
}
