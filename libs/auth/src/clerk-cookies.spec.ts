import { withoutClerkCookies } from './clerk-cookies';

describe("without Clerk's cookies, a Cookie header", () => {
  it.each([
    ['__session=a.b.c', ''],
    ['__session=a; __session_wIaT1O5k=b;__client_uat=1; __client_uat_wIaT1O5k=1', ''],
    ['__refresh_wIaT1O5k=a; __client=b; __clerk_db_jwt=c; __clerk_handshake_nonce=d; clerk_active_context=e', ''],
    ['a=1; __session=x; b=2', 'a=1; b=2'],
    ['__session=x; a=1', 'a=1'],
    ['a=1;__session=x', 'a=1'],
    ['a=1; __session', 'a=1'],
    ['a=1;\t__session =x;b=2', 'a=1;b=2'],
    ['a="1 ";  b=2=3;;c; __clerk_x=', 'a="1 ";  b=2=3;;c'],
  ])('%j is %j', (cookies, kept) => expect(withoutClerkCookies(cookies)).toBe(kept));

  it.each(['', 'a=1', 'a=__session', '__sessions=1; my__session=2; __client_id=3', '__Session=1; clerk=2 ', ' a=1;'])(
    '%j stays as it is',
    (cookies) => expect(withoutClerkCookies(cookies)).toBe(cookies),
  );
});
