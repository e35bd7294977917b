import { devBrowserOf, sessionCookies } from './session-cookies';

const KEY = 'pk_test_c3Bpa2UtZW11bGF0b3ItMS5jbGVyay5hY2NvdW50cy5kZXYk';

it('a session token is set in the plain and the suffixed cookie, for one host only', () => {
  const cookies = sessionCookies('a.b.c', KEY);
  expect(cookies).toEqual(['__session=a.b.c; Path=/; SameSite=Lax', '__session_wIaT1O5k=a.b.c; Path=/; SameSite=Lax']);
});

it.each([
  ['__clerk_db_jwt=dvb_other; __clerk_db_jwt_wIaT1O5k=dvb_own', 'dvb_own'],
  ['a=b; __clerk_db_jwt=dvb_plain', 'dvb_plain'],
  ['__clerk_db_jwt_other=dvb_foreign', undefined],
  [undefined, undefined],
])('the credential of the browser with the cookies %s is %s', (cookies, credential) => {
  expect(devBrowserOf(cookies, KEY)).toBe(credential);
});
