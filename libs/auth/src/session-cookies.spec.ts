import { ISSUER } from '../fixtures/clerk-tokens';
import { chooseSessionToken, readSessionCookies } from './session-cookies';

const token = (claims: unknown) =>
  [{ alg: 'RS256' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.') + '.AAAA';
const ours = (iat: number) => token({ iss: ISSUER, iat });
const of = (sub: string, iat: number, exp: number, iss = ISSUER) => token({ iss, iat, exp, sub });
const theirs = token({ iss: 'https://other.example', iat: 99 });

describe("Clerk's session cookies", () => {
  it('include plain and suffixed names of every Cookie header, without empty values', () => {
    const rawHeaders = [
      ...['Cookie', 'a=b; __session=one; __session_wIaT1O5k=two;__session_=none'],
      ...['X-Cookie', '__session=none'],
      ...['cookie', '__session=three; __session=; __sessions=none; __client_uat=1; my__session=none'],
    ];
    expect(readSessionCookies(rawHeaders)).toEqual(['one', 'two', 'three']);
  });

  it('are limited to ten', () => {
    const cookies = Array.from({ length: 500 }, (_, index) => `__session_${index}=${index}`).join('; ');
    expect(readSessionCookies(['Cookie', cookies])).toHaveLength(10);
  });

  it.each<[string, string[], string | undefined]>([
    ['none of none', [], undefined],
    ['the only one, even when it is not a token', ['garbage'], 'garbage'],
    ["ours beside another application's", [theirs, ours(1)], ours(1)],
    ["ours before another application's", [ours(1), theirs], ours(1)],
    ['the newest of ours', [ours(1), ours(3), ours(2)], ours(3)],
    ['ours beside garbage', ['a.b', '...', '', ours(1)], ours(1)],
    ['ours beside one whose time is not a number', [token({ iss: ISSUER, iat: '9' }), ours(1)], ours(1)],
    ['the first when none is ours', [theirs, 'garbage'], theirs],
  ])('are reduced to one token: %s', (_, tokens, chosen) => {
    expect(chooseSessionToken(tokens, ISSUER)).toBe(chosen);
  });

  it.each<[string, string[], string | undefined]>([
    ['both are rejected while both are valid', [of('ada', 0, 60), of('eve', 1, 61)], undefined],
    ['the newer one counts when the other has expired', [of('ada', 0, 30), of('eve', 1, 61)], of('eve', 1, 61)],
    [
      'that of another issuer does not matter',
      [of('ada', 0, 60), of('eve', 1, 61, 'https://o.example')],
      of('ada', 0, 60),
    ],
    ['none counts twice', [of('ada', 0, 60), of('ada', 0, 60)], of('ada', 0, 60)],
  ])('with tokens of two users: %s', (_, tokens, chosen) => {
    const choose = () => chooseSessionToken(tokens, ISSUER, 30_000);
    if (chosen !== undefined) return expect(choose()).toBe(chosen);
    expect(choose).toThrow(expect.objectContaining({ code: 'session_cookies_conflict' }));
  });
});
