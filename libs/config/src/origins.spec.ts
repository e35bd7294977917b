import { z } from 'zod';
import { ConfigError } from './errors';
import { OriginList, originList } from './origins';
import { parseEnvironment } from './parse-environment';

const schema = z.object({
  CORS_ORIGINS: originList({ customSchemes: true }).default([]),
  REDIRECT_ORIGINS: originList({ customSchemes: false }).default([]),
});
const parse = (CORS_ORIGINS: string) => parseEnvironment(schema, { CORS_ORIGINS }).CORS_ORIGINS;

function problemOf(environment: Record<string, string>): string {
  try {
    parseEnvironment(schema, environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
  }
  throw new Error('expected a ConfigError');
}

describe('a list of origins', () => {
  it.each([
    ['https://Shop.Example.com', 'https://shop.example.com'],
    ['HTTPS://shop.example.com/', 'https://shop.example.com'],
    ['https://www.example.com:443', 'https://www.example.com'],
    ['http://localhost:80', 'http://localhost'],
    ['http://localhost:5173', 'http://localhost:5173'],
    ['https://shop.exämple.com', 'https://shop.xn--exmple-cua.com'],
    ['http://[2001:DB8::1]:8080', 'http://[2001:db8::1]:8080'],
    ['https://*.Preview.Example.com:443', 'https://*.preview.example.com'],
    ['chrome-extension://abcdef', 'chrome-extension://abcdef'],
    ['MyApp://X', 'myapp://x'],
    ['http://LocalHost:*', 'http://localhost:*'],
    ['http://127.0.0.1:*', 'http://127.0.0.1:*'],
    ['https://localhost:*', 'https://localhost:*'],
    ['http://[::1]:*', 'http://[::1]:*'],
  ])('converts %s to the form that browsers send', (given, normalised) => {
    expect(parse(given)).toEqual([normalised]);
  });

  it('removes duplicates', () => {
    expect(parse('https://a.example, https://A.example:443/,')).toEqual(['https://a.example']);
  });

  it.each([
    ['hunter2.example.com', 'write scheme and host, such as https://app.example.com'],
    ['*', 'write scheme and host, such as https://app.example.com'],
    ['null', 'write scheme and host, such as https://app.example.com'],
    ['https://hunter2.example.com/path', 'remove the path, as in https://app.example.com'],
    ['https://hunter2.example.com?a=b', 'remove everything after the host, as in https://app.example.com'],
    ['https://user:hunter2@example.com', 'remove the user name and password, as in https://app.example.com'],
    ['https://hunter2.example.com:99999', 'the host or port is not valid; an example is https://app.example.com'],
    [
      'https://hunter2*.example.com',
      'a wildcard stands for the first label alone, as in https://*.preview.example.com',
    ],
    ['https://*.*.hunter2.com', 'a wildcard stands for the first label alone, as in https://*.preview.example.com'],
    ['http://*.hunter2.example.com', 'a wildcard needs https, as in https://*.preview.example.com'],
    ['https://*.hunter2.app', 'a wildcard needs at least three labels after it, as in https://*.preview.example.com'],
    ['https://*.10.0.0.1', 'a wildcard needs at least three labels after it, as in https://*.preview.example.com'],
    ['file:///hunter2', 'remove the path, as in https://app.example.com'],
    ['wss://hunter2.example.com', 'use https:// or http://, as in https://app.example.com'],
    ['myapp://', 'write scheme and host, such as chrome-extension://abcdefghijklmnop'],
  ])('rejects %s with what to change, without showing it', (given, problem) => {
    const message = problemOf({ CORS_ORIGINS: `https://a.example,${given}` });
    expect(message).toBe(`CORS_ORIGINS[1] is not an origin: ${problem}`);
    expect(message).not.toContain('hunter2');
  });

  it('rejects a custom scheme when custom schemes are disabled', () => {
    expect(problemOf({ REDIRECT_ORIGINS: 'myapp://x' })).toBe(
      'REDIRECT_ORIGINS[0] is not an origin: use https:// or http://, as in https://app.example.com',
    );
  });

  it('rejects more than 200 origins', () => {
    const many = Array.from({ length: 201 }, (_, index) => `https://a${index}.example`).join();
    expect(problemOf({ CORS_ORIGINS: many })).toBe('CORS_ORIGINS has more than 200 origins');
  });
});

describe('a list with every port of this machine', () => {
  const list = new OriginList(['http://localhost:*', 'http://127.0.0.1:*', 'http://[::1]:*']);

  it.each(['http://localhost:5173', 'http://localhost', 'http://127.0.0.1:8080', 'http://[::1]:3000', 'http://[::1]'])(
    'accepts %s',
    (origin) => expect(list.includes(origin)).toBe(true),
  );

  it('accepts https only when it is listed', () => {
    expect(new OriginList(['https://localhost:*']).includes('https://localhost:5173')).toBe(true);
    expect(new OriginList(['https://localhost:*']).includes('http://localhost:5173')).toBe(false);
  });

  it.each([
    'https://localhost:5173',
    'http://localhost:*',
    'http://localhost:0',
    'http://localhost:123456',
    'http://localhost:80@evil.example',
    'http://localhost.evil.example',
    'http://127x0.0.1:80',
    'http://[::11]:80',
    'http://:',
    'http://192.168.1.1:5173',
  ])('rejects %s', (origin) => expect(list.includes(origin)).toBe(false));

  it.each(['http://example.com:*', 'https://example.com:*', 'http://192.168.1.1:*', 'http://localhost.example:*'])(
    'is rejected for any other host: %s',
    (given) => expect(problemOf({ CORS_ORIGINS: given })).toContain('CORS_ORIGINS[0] is not an origin'),
  );
});

describe('matching an origin against a list', () => {
  const list = new OriginList(['https://app.example.com', 'https://*.preview.example.com']);

  it.each(['https://app.example.com', 'https://pr-1.preview.example.com', 'https://a.preview.example.com'])(
    'accepts %s',
    (origin) => expect(list.includes(origin)).toBe(true),
  );

  it.each([
    'https://preview.example.com',
    'https://a.b.preview.example.com',
    'https://.preview.example.com',
    'https://-.preview.example.com',
    'https://evil.example#.preview.example.com',
    'https://a.previewxexample.com',
    'http://a.preview.example.com',
    'https://a.preview.example.com:444',
    'https://a.preview.example.com.evil.example',
    'https://a.preview.example.com\n',
    `https://${'a'.repeat(64)}.preview.example.com`,
    'https://*.preview.example.com',
    'null',
  ])('rejects %j', (origin) => expect(list.includes(origin)).toBe(false));
});
