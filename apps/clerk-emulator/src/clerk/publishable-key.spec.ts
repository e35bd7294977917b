import { cookieNames, cookieSuffix, publishableKeyOf } from './publishable-key';

const KEY = 'pk_test_c3Bpa2UtZW11bGF0b3ItMS5jbGVyay5hY2NvdW50cy5kZXYk';

it("the suffix of session cookies is the one that Clerk's scripts compute", () => {
  expect(cookieSuffix(KEY)).toBe('wIaT1O5k');
  expect(cookieNames('__session', KEY)).toEqual(['__session', '__session_wIaT1O5k']);
});

it.each([
  ['https://spike-emulator-1.clerk.accounts.dev', 'spike-emulator-1.clerk.accounts.dev$'],
  ['http://localhost:3100', 'localhost-3100.clerk.accounts.dev$'],
  ['http://127.0.0.1:41907', '127-0-0-1-41907.clerk.accounts.dev$'],
  ['http://[::1]:3100', '1-3100.clerk.accounts.dev$'],
  ['https://clerk.example.com', 'clerk-example-com.clerk.accounts.dev$'],
])('the publishable key of %s names the host %s', (issuer, host) => {
  const [, type, encoded = ''] = publishableKeyOf(issuer).split('_');
  expect([type, Buffer.from(encoded, 'base64').toString()]).toEqual(['test', host]);
});
