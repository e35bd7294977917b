import { sessionCookies } from './session-cookies';

it('a session token is set in the plain and the suffixed cookie, for one host only', () => {
  const cookies = sessionCookies('a.b.c', 'pk_test_c3Bpa2UtZW11bGF0b3ItMS5jbGVyay5hY2NvdW50cy5kZXYk');
  expect(cookies).toEqual(['__session=a.b.c; Path=/; SameSite=Lax', '__session_wIaT1O5k=a.b.c; Path=/; SameSite=Lax']);
});
