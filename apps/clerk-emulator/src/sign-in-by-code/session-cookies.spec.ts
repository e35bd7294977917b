import { cookieSuffix, publishableKeyOf, sessionCookies } from './session-cookies';

it("computes the suffix as Clerk's scripts do", () => {
  expect(cookieSuffix('pk_test_c3Bpa2UtZW11bGF0b3ItMS5jbGVyay5hY2NvdW50cy5kZXYk')).toBe('wIaT1O5k');
});

it('derives the publishable key from the host of the issuer', () => {
  expect(publishableKeyOf('https://spike-emulator-1.clerk.accounts.dev')).toBe(
    'pk_test_c3Bpa2UtZW11bGF0b3ItMS5jbGVyay5hY2NvdW50cy5kZXYk',
  );
});

it('sets the plain and the suffixed cookie for the host alone', () => {
  const cookies = sessionCookies('a.b.c', 'pk_test_c3Bpa2UtZW11bGF0b3ItMS5jbGVyay5hY2NvdW50cy5kZXYk');
  expect(cookies).toEqual(['__session=a.b.c; Path=/; SameSite=Lax', '__session_wIaT1O5k=a.b.c; Path=/; SameSite=Lax']);
});
