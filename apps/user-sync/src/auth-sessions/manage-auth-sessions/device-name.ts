/** What a user agent says about a device; unknown parts are null. */
export interface Device {
  readonly name: string | null;
  readonly browser: string | null;
  readonly system: string | null;
  readonly isMobile: boolean | null;
}

/**
 * Browsers and other clients, each with the pattern of its product token and version. The first match wins: most browsers
 * also name the browser whose engine they use.
 */
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdg(?:e|A|iOS)?\/(\d+)/],
  ['Opera', /\b(?:OPR|Opera)\/(\d+)/],
  ['Samsung Internet', /\bSamsungBrowser\/(\d+)/],
  ['Firefox', /\b(?:Firefox|FxiOS)\/(\d+)/],
  ['Electron app', /\bElectron\/(\d+)/],
  ['Chrome', /\b(?:Chrome|CriOS|Chromium)\/(\d+)/],
  ['Safari', /\bVersion\/(\d+)(?:\.\d+)* (?:Mobile\/\w+ )?Safari\//],
  ['curl', /^curl\/(\d+)/],
  ['okhttp', /^okhttp\/(\d+)/],
  ['Node.js', /^(?:node|undici)(?:\/(\d+))?/],
  ['Python', /^python-[a-z]+\/(\d+)/],
  ['Postman', /^PostmanRuntime\/(\d+)/],
];

/** Operating systems; the first match wins. */
const systems: readonly (readonly [string, RegExp])[] = [
  ['iPadOS', /\biPad\b/],
  ['iOS', /\biPhone\b|\bCFNetwork\//],
  ['Android', /\bAndroid\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMacintosh\b|\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
];

const MOBILE = /\bMobile\b|\biPhone\b|\biPad\b|\bAndroid\b/;

/**
 * Reads browser and operating system from a user agent, for people to recognize their devices. Knows the usual browsers
 * only: the user agent is a free text that clients can set to anything, so it decides nothing.
 */
export function deviceOf(userAgent: string | null): Device {
  if (userAgent === null || userAgent === '') return { name: null, browser: null, system: null, isMobile: null };
  const browser = firstOf(browsers, userAgent);
  const system = firstOf(systems, userAgent);
  return { name: nameOf(browser, system), browser, system, isMobile: MOBILE.test(userAgent) };
}

/** A readable summary, such as `Firefox 141 on Windows`; null if nothing is known. */
export function nameOf(browser: string | null, system: string | null): string | null {
  if (browser === null) return system;
  return system === null ? browser : `${browser} on ${system}`;
}

function firstOf(known: readonly (readonly [string, RegExp])[], text: string): string | null {
  for (const [name, pattern] of known) {
    const match = pattern.exec(text);
    if (match !== null) return match[1] === undefined ? name : `${name} ${match[1]}`;
  }
  return null;
}
